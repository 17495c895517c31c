package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.holdfast.access.Authority;
import dev.holdfast.access.Ed25519;
import dev.holdfast.link.WholeFile;
import dev.holdfast.ssh.CertificateSigner;
import dev.holdfast.ssh.HostKeyFiles;
import dev.holdfast.ssh.SshKeys;
import dev.holdfast.ssh.SshPublicKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The authorities' private keys: on a token, or in files that only the service may read, in a
 * directory of their own. A second service of the same cluster gets copies of those. New keys are
 * made on the token if there is one; what is in files stays good until the authorities are changed.
 * Thread-safe.
 */
final class AuthorityKeys {
  private static final int MOST = 256;
  private static final String ROOT = "ticket_seal";
  private static final int ROOT_BYTES = 32;

  private final Path directory;
  private final @Nullable KeyToken token;
  private final Map<String, KeyPair> known = new ConcurrentHashMap<>();

  private AuthorityKeys(Path directory, @Nullable KeyToken token) {
    this.directory = directory;
    this.token = token;
  }

  /**
   * An authority's key.
   *
   * @param root a secret from which other keys can be made
   */
  record Key(CertificateSigner signer, byte[] root) {
    @Override
    public String toString() {
      return "Key[" + signer.key().fingerprint() + "]";
    }
  }

  /** Those in files alone. */
  static AuthorityKeys open(Path directory) throws IOException {
    return open(directory, null);
  }

  static AuthorityKeys open(Path directory, @Nullable KeyToken token) throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    AuthorityKeys keys = new AuthorityKeys(directory, token);
    keys.read();
    return keys;
  }

  /** The key with that fingerprint. */
  Optional<Key> find(String fingerprint) throws IOException {
    if (!known.containsKey(fingerprint)) {
      read();
    }
    KeyPair pair = known.get(fingerprint);
    if (pair != null) {
      byte[] root = Ed25519.rawPrivate(pair.getPrivate());
      return Optional.of(new Key(CertificateSigner.of(pair), root));
    }
    Optional<CertificateSigner> there = token == null ? Optional.empty() : token.find(fingerprint);
    return there.isEmpty() ? Optional.empty() : Optional.of(new Key(there.get(), root()));
  }

  /** A new key, kept before anybody hears of it. */
  Authority make(Authority.Kind kind, Authority.State state) throws IOException {
    if (token != null) {
      makeRoot();
      SshPublicKey key = token.make(kind).key();
      return new Authority(kind, state, key.line(), key.fingerprint());
    }
    String name = kind.name().toLowerCase(Locale.ROOT) + "_ca_" + UUID.randomUUID();
    KeyPair pair = HostKeyFiles.loadOrMakeEd25519(directory.resolve(name));
    Authority made =
        new Authority(
            kind, state, SshKeys.line(pair.getPublic()), SshKeys.fingerprint(pair.getPublic()));
    known.put(made.fingerprint(), pair);
    return made;
  }

  /** Forgets a key that {@link #make} made and nobody heard of. */
  void discard(Authority made) throws IOException {
    if (token != null) {
      token.discard(made.fingerprint());
    }
    known.remove(made.fingerprint());
    for (Path file : files()) {
      if (SshKeys.fingerprint(HostKeyFiles.load(file).getPublic()).equals(made.fingerprint())) {
        Files.deleteIfExists(file);
        Files.deleteIfExists(file.resolveSibling(file.getFileName() + ".pub"));
      }
    }
  }

  private void read() throws IOException {
    for (Path file : files()) {
      KeyPair pair = HostKeyFiles.load(file);
      known.put(SshKeys.fingerprint(pair.getPublic()), pair);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.getFileName().toString().matches("(user|host)_ca_[A-Za-z0-9-]+"))
          .limit(MOST)
          .toList();
    }
  }

  /** What a token never tells: other keys are made from a file of our own instead. */
  private byte[] root() throws IOException {
    Path file = directory.resolve(ROOT);
    if (!Files.isReadable(file)) {
      throw new KeyUnavailableException(
          "%s is missing, without which keys of tickets can't be read; copy it from the service that made it."
              .formatted(file));
    }
    return Base64.getDecoder().decode(Files.readString(file).strip());
  }

  private synchronized void makeRoot() throws IOException {
    Path file = directory.resolve(ROOT);
    if (Files.exists(file)) {
      return;
    }
    byte[] secret = new byte[ROOT_BYTES];
    new SecureRandom().nextBytes(secret);
    WholeFile.create(file, (Base64.getEncoder().encodeToString(secret) + "\n").getBytes(US_ASCII));
  }

  /** Where they are, for people. */
  @Override
  public String toString() {
    return token == null ? directory.toString() : token + " or in " + directory;
  }
}

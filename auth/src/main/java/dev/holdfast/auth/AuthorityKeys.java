package dev.holdfast.auth;

import dev.holdfast.access.Authority;
import dev.holdfast.ssh.HostKeyFiles;
import dev.holdfast.ssh.SshKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The authorities' private keys, in files that only the service may read, in a directory of their
 * own. A second service of the same cluster gets copies of them. Thread-safe.
 */
final class AuthorityKeys {
  private static final int MOST = 256;

  private final Path directory;
  private final Map<String, KeyPair> known = new ConcurrentHashMap<>();

  private AuthorityKeys(Path directory) {
    this.directory = directory;
  }

  static AuthorityKeys open(Path directory) throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    AuthorityKeys keys = new AuthorityKeys(directory);
    keys.read();
    return keys;
  }

  /** The key with that fingerprint. */
  Optional<KeyPair> find(String fingerprint) throws IOException {
    if (!known.containsKey(fingerprint)) {
      read();
    }
    return Optional.ofNullable(known.get(fingerprint));
  }

  /** A new key for Ed25519, in a file before anybody hears of it. */
  Authority make(Authority.Kind kind, Authority.State state) throws IOException {
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

  Path directory() {
    return directory;
  }
}

package dev.holdfast.recording;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.access.Recipient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.crypto.KeyAgreement;

/**
 * The private half of a {@link Recipient}: whoever has it reads what is encrypted to that. In a
 * file, which only its owner may read, each stands on a line; lines that begin with # say something
 * to people. Immutable, thread-safe; nothing that it says of itself is secret.
 */
public final class ReadingKey {
  /** Keys in one file. */
  static final int MOST = 64;

  private static final int MOST_FILE = 64 * 1024;
  private static final String PREFIX = "HFREC-SECRET-1-";
  private static final String ALGORITHM = "X25519";
  private static final byte[] PKCS8_PREFIX =
      HexFormat.of().parseHex("302e020100300506032b656e04220420");
  private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rw-------");

  private final byte[] secret;
  private final PrivateKey key;
  private final Recipient recipient;

  private ReadingKey(byte[] secret) {
    this.secret = secret;
    byte[] encoded = Arrays.copyOf(PKCS8_PREFIX, PKCS8_PREFIX.length + Recipient.KEY);
    System.arraycopy(secret, 0, encoded, PKCS8_PREFIX.length, Recipient.KEY);
    try {
      key = KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      recipient = Recipient.of(shown(key));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("any 32 bytes are a private key", e);
    }
  }

  /** The public key is the product with the base point, u = 9 (RFC 7748 6.1). */
  private static byte[] shown(PrivateKey key) throws GeneralSecurityException {
    byte[] base = new byte[Recipient.KEY];
    base[0] = 9;
    KeyAgreement agreement = KeyAgreement.getInstance(ALGORITHM);
    agreement.init(key);
    agreement.doPhase(Recipient.of(base).publicKey(), true);
    return agreement.generateSecret();
  }

  /** A new one. */
  public static ReadingKey generate() {
    try {
      PrivateKey made = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair().getPrivate();
      return new ReadingKey(
          Arrays.copyOfRange(
              made.getEncoded(), PKCS8_PREFIX.length, PKCS8_PREFIX.length + Recipient.KEY));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has X25519", e);
    }
  }

  /** The one with this secret of 32 bytes. */
  static ReadingKey of(byte[] secret) throws InvalidKeyException {
    if (secret.length != Recipient.KEY) {
      throw new InvalidKeyException("a private key has 32 bytes");
    }
    return new ReadingKey(secret.clone());
  }

  /** The keys in a file; fails if others may read it. */
  public static List<ReadingKey> load(Path file) throws IOException {
    Set<PosixFilePermission> others = EnumSet.copyOf(PosixFilePermissions.fromString("rwxrwxrwx"));
    others.removeAll(PosixFilePermissions.fromString("rwx------"));
    try {
      others.retainAll(Files.getPosixFilePermissions(file));
    } catch (NoSuchFileException e) {
      throw new IOException("There is no file " + file + " with a key for recordings.", e);
    }
    if (!others.isEmpty()) {
      throw new IOException("Others may read " + file + "; chmod 600 " + file);
    }
    if (Files.size(file) > MOST_FILE) {
      throw new IOException(file + " is larger than a file of keys can be.");
    }
    List<ReadingKey> keys = new ArrayList<>();
    for (String line : Files.readString(file, UTF_8).lines().toList()) {
      if (!line.isBlank() && !line.startsWith("#")) {
        keys.add(
            parse(line.strip())
                .filter(it -> keys.size() < MOST)
                .orElseThrow(() -> new IOException(file + " is no file of keys for recordings.")));
      }
    }
    if (keys.isEmpty()) {
      throw new IOException(file + " has no key for recordings.");
    }
    return List.copyOf(keys);
  }

  private static Optional<ReadingKey> parse(String line) {
    if (!line.startsWith(PREFIX)) {
      return Optional.empty();
    }
    try {
      byte[] secret = Base64.getUrlDecoder().decode(line.substring(PREFIX.length()));
      return secret.length == Recipient.KEY
          ? Optional.of(new ReadingKey(secret))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Writes it to a file that must not be there yet. */
  public void save(Path file) throws IOException {
    String text =
        "# A key for recordings of Holdfast. Whoever has it can read them.\n# public key: %s\n%s%s\n"
            .formatted(
                recipient, PREFIX, Base64.getUrlEncoder().withoutPadding().encodeToString(secret));
    Files.createFile(file, PosixFilePermissions.asFileAttribute(OWN));
    Files.setPosixFilePermissions(file, OWN);
    Files.writeString(file, text, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
  }

  /** The public half. */
  public Recipient recipient() {
    return recipient;
  }

  PrivateKey key() {
    return key;
  }

  /** The public half, as that says it. */
  @Override
  public String toString() {
    return "ReadingKey of " + recipient;
  }
}

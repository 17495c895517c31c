package dev.holdfast.ssh;

import dev.holdfast.link.WholeFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.security.SecurityUtils;

/**
 * The keys by which clients know a server, in files as {@code ssh-keygen -A} makes them: private
 * ones in OpenSSH's format, which only their owner may read, and public ones beside them.
 */
public final class HostKeyFiles {
  /** Longest file that is read, in bytes. */
  static final long MOST_BYTES = 64 * 1024;

  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private HostKeyFiles() {}

  /** The types that a server has a key of, as ssh-keygen(1) has them. */
  private enum Type {
    ED25519("ed25519", KeyPairProvider.SSH_ED25519, 256),
    ECDSA("ecdsa", KeyPairProvider.ECDSA_SHA2_NISTP256, 256),
    RSA("rsa", KeyPairProvider.SSH_RSA, 3072);

    private final String name;
    private final String algorithm;
    private final int bits;

    Type(String name, String algorithm, int bits) {
      this.name = name;
      this.algorithm = algorithm;
      this.bits = bits;
    }

    Path file(Path directory) {
      return directory.resolve("ssh_host_" + name + "_key");
    }
  }

  /** The files of a server's keys in a directory. */
  public static List<Path> files(Path directory) {
    return List.of(Type.values()).stream().map(type -> type.file(directory)).toList();
  }

  /**
   * The keys in {@code directory}, a new one of each type that is missing. Two processes that start
   * at once have the same keys.
   */
  public static List<KeyPair> loadOrMake(Path directory) throws IOException {
    List<KeyPair> keys = new ArrayList<>();
    for (Type type : Type.values()) {
      keys.add(loadOrMake(type, type.file(directory)));
    }
    return keys;
  }

  /** The Ed25519 key in {@code file}, a new one if there is none. */
  public static KeyPair loadOrMakeEd25519(Path file) throws IOException {
    return loadOrMake(Type.ED25519, file);
  }

  /** Writes a key to a file that there is not yet, and its public half beside it. */
  public static void write(KeyPair key, Path file) throws IOException {
    if (!WholeFile.create(file, privateHalf(key))) {
      throw new FileAlreadyExistsException(file.toString());
    }
    writePublic(key, file);
  }

  private static KeyPair loadOrMake(Type type, Path file) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      make(type, file);
    }
    return load(file);
  }

  /**
   * The key in a file.
   *
   * @throws IOException if it can't be used, with a sentence that says why
   */
  public static KeyPair load(Path file) throws IOException {
    refuseIfOthersMayRead(file);
    try (InputStream in = Files.newInputStream(file)) {
      Iterator<KeyPair> keys =
          SecurityUtils.loadKeyPairIdentities(
                  null, NamedResource.ofName(file.toString()), in, FilePasswordProvider.EMPTY)
              .iterator();
      if (keys.hasNext()) {
        return keys.next();
      }
      throw new IOException("no key in it");
    } catch (GeneralSecurityException | IOException | RuntimeException e) {
      throw new IOException(
          "%s is not a private key without a passphrase that can be used; remove it to get a new one."
              .formatted(file),
          e);
    }
  }

  private static void refuseIfOthersMayRead(Path file) throws IOException {
    PosixFileAttributes attributes = Files.readAttributes(file, PosixFileAttributes.class);
    if (attributes.size() > MOST_BYTES) {
      throw new IOException("%s is longer than a key can be.".formatted(file));
    }
    if (attributes.permissions().stream().anyMatch(OTHERS::contains)) {
      throw new IOException(
          "%s may be read by others (%s), so it is no secret; if nobody has: chmod 600 %s"
              .formatted(file, PosixFilePermissions.toString(attributes.permissions()), file));
    }
  }

  private static void make(Type type, Path file) throws IOException {
    KeyPair key = generate(type);
    if (WholeFile.create(file, privateHalf(key))) { // Else somebody else was first, and has a key.
      writePublic(key, file);
    }
  }

  private static void writePublic(KeyPair key, Path file) throws IOException {
    WholeFile.replace(
        file.resolveSibling(file.getFileName() + ".pub"),
        SshKeys.line(key.getPublic()) + "\n",
        WholeFile.PUBLIC);
  }

  private static KeyPair generate(Type type) {
    try {
      return KeyUtils.generateKeyPair(type.algorithm, type.bits);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the cryptography library lacks " + type.algorithm, e);
    }
  }

  private static byte[] privateHalf(KeyPair key) throws IOException {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(key, "", null, out);
      return out.toByteArray();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a key that we made can't be written", e);
    }
  }
}

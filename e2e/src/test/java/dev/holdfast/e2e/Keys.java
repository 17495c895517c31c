package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The throw-away keys of this JVM, made by ssh-keygen on first use and known to every server and
 * client here.
 */
final class Keys {
  /**
   * The name under which clients know the servers' host keys, whatever address and port they dial.
   */
  static final String HOST_ALIAS = "holdfast-e2e";

  private static final Path DIRECTORY = Scratch.directory("keys");

  static final Path CLIENT = generate("client", "ed25519");
  static final Path HOST_ED25519 = generate("host_ed25519", "ed25519");
  static final Path HOST_ECDSA = generate("host_ecdsa", "ecdsa");
  static final Path AUTHORIZED_KEYS = write("authorized_keys", publicKey(CLIENT));
  static final Path KNOWN_HOSTS =
      write(
          "known_hosts",
          HOST_ALIAS + " " + publicKey(HOST_ED25519) + HOST_ALIAS + " " + publicKey(HOST_ECDSA));

  private Keys() {}

  /** The one line {@code type base64 comment}, with its end of line. */
  static String publicKey(Path privateKey) {
    try {
      return Files.readString(Path.of(privateKey + ".pub"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The fingerprint {@code SHA256:…}. */
  static String fingerprint(Path privateKey) {
    return Command.of("ssh-keygen", "-lf", privateKey.toString())
        .run()
        .ok()
        .output()
        .split(" ", -1)[1];
  }

  private static Path generate(String name, String type) {
    Path file = DIRECTORY.resolve(name);
    Command.of("ssh-keygen", "-q", "-t", type, "-N", "", "-C", name, "-f", file.toString())
        .run()
        .ok();
    return file;
  }

  private static Path write(String name, String content) {
    try {
      return Files.writeString(DIRECTORY.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

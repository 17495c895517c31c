package dev.holdfast.cli;

import dev.holdfast.ssh.Authenticator;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.SshKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import java.util.stream.Stream;

/**
 * Lets the user who runs this log in, and nobody else, by the keys in files of keys without
 * options. They are read at each login, so that changes count at once.
 */
record OwnKeys(String user, List<Path> files) implements Authenticator {
  /** Longest file that is read, in bytes. */
  static final long MOST_BYTES = 1 << 20;

  @Override
  public boolean accepts(Login login, PublicKey key) {
    String wanted = SshKeys.line(key);
    return login.user().equals(user) && files.stream().anyMatch(file -> has(file, wanted));
  }

  private static boolean has(Path file, String wanted) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        return false;
      }
      try (Stream<String> lines = Files.lines(file)) {
        return lines.anyMatch(line -> isOf(line.strip(), wanted));
      }
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }

  private static boolean isOf(String line, String wanted) {
    return line.equals(wanted) || line.startsWith(wanted + " ");
  }
}

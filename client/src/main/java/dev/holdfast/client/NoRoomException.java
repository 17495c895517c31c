package dev.holdfast.client;

import dev.holdfast.ssh.SshFailure;
import java.io.IOException;
import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The user has as many connections as he may have; the message is what the server says of it. */
final class NoRoomException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /** Characters of the server's words that are told. */
  private static final int MOST_WORDS = 400;

  NoRoomException(String words, @Nullable SshFailure failure) {
    super(printable(words), failure);
  }

  /** A stranger's words, as far as a terminal may be given them. */
  private static String printable(String words) {
    return words
        .substring(0, Math.min(words.length(), MOST_WORDS))
        .replaceAll("[^\\x20-\\x7e]", "?")
        .strip();
  }
}

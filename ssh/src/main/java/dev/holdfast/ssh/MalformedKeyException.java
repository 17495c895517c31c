package dev.holdfast.ssh;

import java.io.Serial;

/**
 * A key, certificate or line of {@code authorized_keys} is not what its format says. The message
 * says why, as the end of a sentence, and never has the stranger's bytes in it.
 */
public final class MalformedKeyException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  MalformedKeyException(String why) {
    super(why);
  }
}

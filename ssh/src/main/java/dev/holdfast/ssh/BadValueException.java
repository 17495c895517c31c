package dev.holdfast.ssh;

import java.io.Serial;

/** A value is not what its option takes; the message goes on after the option's name. */
final class BadValueException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  BadValueException(String predicate) {
    super(predicate);
  }
}

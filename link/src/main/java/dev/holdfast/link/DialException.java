package dev.holdfast.link;

import java.io.IOException;
import java.io.Serial;

/**
 * A dial that came to nothing; {@link #failure} says why, and the message is its one sentence for
 * the person.
 */
final class DialException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  private final transient DialFailure failure;

  DialException(DialFailure failure) {
    super(failure.text());
    this.failure = failure;
  }

  DialException(DialFailure failure, Throwable cause) {
    super(failure.text(), cause);
    this.failure = failure;
  }

  DialFailure failure() {
    return failure;
  }
}

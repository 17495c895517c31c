package dev.holdfast.auth;

import java.io.IOException;
import java.io.Serial;

/** An auth service answered something that this version does not understand. */
final class MisunderstoodException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  MisunderstoodException(String why) {
    super("The service's answer is not understood (%s); is it of another version?".formatted(why));
  }
}

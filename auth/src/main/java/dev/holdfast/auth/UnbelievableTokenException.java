package dev.holdfast.auth;

import java.io.IOException;
import java.io.Serial;

/** An ID token can't be believed; the message says why, and nothing of what is in it. */
final class UnbelievableTokenException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  UnbelievableTokenException(String why) {
    super(why);
  }
}

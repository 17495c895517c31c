package dev.holdfast.auth;

import java.io.IOException;
import java.io.Serial;

/** The cluster does not know this machine, or not any more. */
final class NoMemberException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  NoMemberException(Throwable cause) {
    super(
        "The cluster does not know this machine any more; join again with a new token, after"
            + " removing cluster.json from its state directory.",
        cause);
  }
}

package dev.holdfast.auth;

import java.io.IOException;
import java.io.Serial;

/** The authorities' keys can't be used now; the sentence says why and what to do. */
public final class KeyUnavailableException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  KeyUnavailableException(String sentence) {
    super(sentence);
  }

  KeyUnavailableException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}

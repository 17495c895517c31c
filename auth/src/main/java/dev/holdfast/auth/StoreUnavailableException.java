package dev.holdfast.auth;

import java.io.IOException;
import java.io.Serial;

/** The database can't be asked now, or did not do what it was told. */
public final class StoreUnavailableException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  StoreUnavailableException(String sentence, Throwable cause) {
    super(sentence, cause);
  }

  StoreUnavailableException(String sentence) {
    super(sentence);
  }

  StoreUnavailableException(Throwable cause) {
    this("The cluster's database can't be used now; try again soon.", cause);
  }
}

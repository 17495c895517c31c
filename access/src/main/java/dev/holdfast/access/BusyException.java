package dev.holdfast.access;

import java.io.IOException;
import java.io.Serial;

/** The service that was asked is there, but its store can't be used now. */
public final class BusyException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  public BusyException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}

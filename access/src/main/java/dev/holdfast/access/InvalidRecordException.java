package dev.holdfast.access;

import java.io.Serial;

/** Somebody's record can't be: the message is a sentence for him. */
public final class InvalidRecordException extends IllegalArgumentException {
  @Serial private static final long serialVersionUID = 1L;

  public InvalidRecordException(String sentence) {
    super(sentence);
  }

  /** The sentence. */
  public String sentence() {
    return String.valueOf(getMessage());
  }
}

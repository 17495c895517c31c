package dev.holdfast.recording;

import java.io.Serial;

/** Bytes are not what the format says; the message says why, without a full stop. */
public final class MalformedPartException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  MalformedPartException(String why) {
    super(why);
  }
}

package dev.holdfast.access;

import java.io.IOException;
import java.io.Serial;

/** A text is not JSON; the message says where and why, and shows nothing of it. */
public final class MalformedJsonException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  MalformedJsonException(String why, int offset) {
    super("This is not JSON: " + why + " (character " + (offset + 1) + ").");
  }
}

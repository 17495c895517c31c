package dev.holdfast.link;

import dev.holdfast.stream.End;
import java.io.IOException;
import java.io.Serial;

/**
 * A stream ended before both sides had finished; the message says why, in a sentence for a person.
 */
public final class StreamEndedException extends IOException {
  @Serial private static final long serialVersionUID = 1;

  /** For this reason. */
  StreamEndedException(End why) {
    super(why.text());
  }
}

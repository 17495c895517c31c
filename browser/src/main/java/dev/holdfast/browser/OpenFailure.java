package dev.holdfast.browser;

import java.io.IOException;
import java.io.Serial;

/** Why the server made no connection to a port. */
public final class OpenFailure extends IOException {
  @Serial private static final long serialVersionUID = 1;

  /** The kinds of it. */
  public enum Why {
    /** The server tried, and nobody answered there. */
    NOTHING_LISTENS,
    /** The server's configuration, or the key's options, forbid it. */
    FORBIDDEN,
    /** There is no way to the server now. */
    AWAY
  }

  private final Why why;

  /**
   * A failure of that kind.
   *
   * @param sentence what happened and what to do, for people
   */
  public OpenFailure(Why why, String sentence) {
    super(sentence);
    this.why = why;
  }

  /** Its kind. */
  public Why why() {
    return why;
  }
}

package dev.holdfast.ssh;

import java.io.IOException;
import java.io.Serial;

/** A channel leads nowhere, for a reason that the client is told. */
public final class RouteRefusedException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  private final boolean prohibited;

  /**
   * A refusal.
   *
   * @param sentence for a person
   * @param prohibited whether he may not, else it can't be
   */
  public RouteRefusedException(String sentence, boolean prohibited) {
    super(sentence);
    this.prohibited = prohibited;
  }

  /** Whether the client may not; else it can't be. */
  public boolean isProhibited() {
    return prohibited;
  }
}

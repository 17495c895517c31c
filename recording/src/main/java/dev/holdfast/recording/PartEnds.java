package dev.holdfast.recording;

import org.jspecify.annotations.Nullable;

/**
 * What a part's events say of the recording's beginning and end, or the notes of its blocks where
 * those can't be read. Confined to one thread.
 */
final class PartEnds {
  /** Why a recording was cut off, for who can't read it. */
  private static final String HIDDEN = "why is encrypted";

  private @Nullable Last last;
  private boolean disorder;

  /** How a recording ends. */
  record Last(Event.Why why, String reason) {}

  /** The next event. */
  void look(Event event) {
    disorder |= last != null;
    if (event.content() instanceof Event.End(Event.Why why, _, String reason)) {
      last = new Last(why, reason);
    }
    disorder |= (event.content() instanceof Event.Start) != (event.number() == 0);
  }

  /**
   * The next block that can't be read.
   *
   * @param number of its first event
   */
  void look(BlockNote note, long number) {
    disorder |= last != null || note.starts() != (number == 0);
    last = note.ends().map(why -> new Last(why, HIDDEN)).orElse(null);
  }

  /** How the recording ends here; null if it does not. */
  @Nullable Last last() {
    return last;
  }

  /** Whether something stands before its beginning, or behind its end. */
  boolean isDisorderly() {
    return disorder;
  }
}

package dev.holdfast.link;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The connections of which it is not known yet what their clients want, oldest first; there is an
 * end to how many. Thread-safe.
 */
final class Arrivals {
  private final Set<Arrival> waiting = new LinkedHashSet<>();

  /** One more; if that is more than {@code most}, the oldest makes way. */
  void add(Arrival arrival, int most) {
    Arrival oldest = null;
    synchronized (this) {
      waiting.add(arrival);
      if (waiting.size() > most) {
        oldest = waiting.iterator().next();
        waiting.remove(oldest);
      }
    }
    if (oldest != null) {
      oldest.loop().execute(oldest::drop);
    }
  }

  /** It is known what it wants, or it is gone. */
  synchronized void remove(Arrival arrival) {
    waiting.remove(arrival);
  }

  synchronized int size() {
    return waiting.size();
  }
}

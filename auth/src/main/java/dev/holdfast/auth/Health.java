package dev.holdfast.auth;

import java.util.Locale;

/** How a machine gets on with its cluster, by its heartbeats. */
public enum Health {
  /** No heartbeat was heard yet. Becomes OK or DEGRADED. */
  STARTING,
  /** The last ones were heard. Becomes DEGRADED. */
  OK,
  /** The last one was not. Becomes RECOVERING. */
  DEGRADED,
  /** The last one was heard, but not enough of those before. Becomes OK or DEGRADED. */
  RECOVERING;

  /** What becomes of it with another heartbeat. */
  Health next(boolean heard) {
    if (!heard) {
      return DEGRADED;
    }
    return this == DEGRADED ? RECOVERING : OK;
  }

  /** Its word. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}

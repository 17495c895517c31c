package dev.holdfast.auth;

import dev.holdfast.access.InvalidRecordException;
import java.time.Instant;
import java.util.Optional;

/**
 * Which audit events are meant.
 *
 * @param text words that stand somewhere in the event, or begin one there, in any case
 * @param most how many at most; 100 if it is not said. There may be fewer in one answer although
 *     there are more: those are asked for from the last on
 * @param after the number of an event: the first ones after that, not the latest
 * @param before the number of an event: only those before that
 */
public record AuditQuery(
    Optional<String> user,
    Optional<String> event,
    Optional<String> code,
    Optional<Instant> from,
    Optional<Instant> to,
    Optional<String> text,
    Optional<Integer> most,
    Optional<Long> after,
    Optional<Long> before) {
  /** Events that are asked for at a time. */
  public static final int MOST = 10_000;

  static final int USUAL = 100;

  /** The latest ones. */
  public static final AuditQuery LATEST =
      new AuditQuery(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  public AuditQuery {
    if (most.filter(it -> it < 1 || it > MOST).isPresent()) {
      throw new InvalidRecordException("1 to " + MOST + " events are asked for at a time.");
    }
  }

  int limit() {
    return most.orElse(USUAL);
  }

  /** The same for the latest {@code most}. */
  public AuditQuery latest(int most) {
    return new AuditQuery(
        user, event, code, from, to, text, Optional.of(most), Optional.empty(), before);
  }

  /** The same for the first {@code most} after an event. */
  public AuditQuery after(long seq, int most) {
    return new AuditQuery(
        user, event, code, from, to, text, Optional.of(most), Optional.of(seq), before);
  }

  /** The same for the latest {@code most} before an event. */
  public AuditQuery before(long seq, int most) {
    return new AuditQuery(
        user, event, code, from, to, text, Optional.of(most), after, Optional.of(seq));
  }
}

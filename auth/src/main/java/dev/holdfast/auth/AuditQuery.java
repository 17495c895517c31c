package dev.holdfast.auth;

import dev.holdfast.access.InvalidRecordException;
import java.time.Instant;
import java.util.Optional;

/**
 * Which audit events are meant.
 *
 * @param text what stands somewhere in the event, in any case
 * @param most how many at most; 100 if it is not said
 */
public record AuditQuery(
    Optional<String> user,
    Optional<String> event,
    Optional<String> code,
    Optional<Instant> from,
    Optional<Instant> to,
    Optional<String> text,
    Optional<Integer> most) {
  static final int MOST = 10_000;
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
          Optional.empty());

  public AuditQuery {
    if (most.filter(it -> it < 1 || it > MOST).isPresent()) {
      throw new InvalidRecordException("1 to " + MOST + " events are asked for at a time.");
    }
  }

  int limit() {
    return most.orElse(USUAL);
  }
}

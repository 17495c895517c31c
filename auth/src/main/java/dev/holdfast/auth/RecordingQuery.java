package dev.holdfast.auth;

import dev.holdfast.access.InvalidRecordException;
import java.time.Instant;
import java.util.Optional;

/**
 * Which recordings are meant.
 *
 * @param node its name or id
 * @param from when they began at the earliest
 * @param to and before when
 * @param most how many, the latest first; 100 if it is not said
 * @param state how far they are
 * @param before the id of a recording: only those that began before it, to go on with a list
 */
public record RecordingQuery(
    Optional<String> user,
    Optional<String> login,
    Optional<String> node,
    Optional<Instant> from,
    Optional<Instant> to,
    Optional<Recorded.State> state,
    Optional<Integer> most,
    Optional<String> before) {
  /** More do not fit into an answer of the API. */
  public static final int MOST = 1_000;

  private static final int USUAL = 100;

  /** The latest. */
  public static final RecordingQuery LATEST =
      new RecordingQuery(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.of(MOST),
          Optional.empty());

  public RecordingQuery {
    if (most.filter(it -> it < 1 || it > MOST).isPresent()) {
      throw new InvalidRecordException("1 to " + MOST + " recordings are asked for at a time.");
    }
  }

  int limit() {
    return most.orElse(USUAL);
  }

  /** The same of one user. */
  RecordingQuery of(String one) {
    return new RecordingQuery(Optional.of(one), login, node, from, to, state, most, before);
  }

  /** The same from the recording {@code id} on. */
  public RecordingQuery before(String id) {
    return new RecordingQuery(user, login, node, from, to, state, most, Optional.of(id));
  }
}

package dev.holdfast.auth;

import dev.holdfast.access.InvalidRecordException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What goes in and out of the API for recordings. */
public final class RecordingRecords {
  /** Bytes of a part that go into one message; in base64 that is less than a line may have. */
  public static final int MOST_CHUNK = 512 * 1024;

  /** Recordings that a node says of at a time that they go on. */
  public static final int MOST_GOING_ON = 1_000;

  private RecordingRecords() {}

  /**
   * A recording begins.
   *
   * @param node on which the session runs, if it is a proxy that records it
   */
  public record Beginning(
      String recording,
      String user,
      String login,
      String session,
      Instant started,
      Optional<String> node) {}

  /**
   * A piece of a part, in order; with the last one the part is put.
   *
   * @param bytes of the whole part
   * @param data in base64
   */
  public record Chunk(String recording, int number, int offset, int bytes, String data) {
    @Override
    public String toString() {
      return "Chunk[%s, %d, %d]".formatted(recording, number, offset);
    }
  }

  /** How much of a part is there; once {@code stored}, all of it and durably. */
  public record Taken(int bytes, boolean stored) {}

  /** A part from some byte on. */
  public record Wanted(String recording, int number, int offset) {}

  /** The numbers of parts. */
  public record Numbers(List<Integer> numbers) {}

  /** Recordings that go on. */
  public record GoingOn(List<String> recordings) {
    public GoingOn {
      if (recordings.size() > MOST_GOING_ON) {
        throw new InvalidRecordException(
            "At most %d recordings at a time.".formatted(MOST_GOING_ON));
      }
      recordings = List.copyOf(recordings);
    }
  }

  /** A recording that is to be kept, and why. */
  public record Hold(String recording, String reason) {}
}

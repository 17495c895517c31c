package dev.holdfast.node;

import dev.holdfast.access.Recipient;
import dev.holdfast.access.RecordingMode;
import java.time.Duration;
import java.util.List;

/**
 * How one session is recorded; fixed when it starts.
 *
 * @param mode whether, and whether before its output is shown. What a proxy is to record the node
 *     records, in the same way
 * @param input whether what is typed is recorded as well, while it is echoed
 * @param failureEnds whether the session ends when it can't be recorded; if not, a gap is noted
 * @param stall how long output waits for the destination, where it is recorded before it is shown
 * @param recipients who can read the recording; if there are none, everybody who gets at it
 */
public record RecordingPolicy(
    RecordingMode mode,
    boolean input,
    boolean failureEnds,
    Duration stall,
    List<Recipient> recipients) {
  /** How long output waits where nobody said. */
  public static final Duration USUAL_STALL = Duration.ofSeconds(30);

  /** Not recorded. */
  public static final RecordingPolicy OFF =
      new RecordingPolicy(RecordingMode.OFF, false, true, USUAL_STALL);

  public RecordingPolicy {
    recipients = List.copyOf(recipients);
  }

  /** One that everybody can read. */
  public RecordingPolicy(RecordingMode mode, boolean input, boolean failureEnds, Duration stall) {
    this(mode, input, failureEnds, stall, List.of());
  }

  /** Recorded by {@code mode}, otherwise as usual. */
  public static RecordingPolicy of(RecordingMode mode) {
    return new RecordingPolicy(mode, false, true, USUAL_STALL);
  }

  /** Whether it is recorded at all. */
  boolean records() {
    return mode != RecordingMode.OFF;
  }

  /** Whether what is recorded by this is recorded as well as by {@code other}, for its readers. */
  boolean covers(RecordingPolicy other) {
    return (records() || !other.records())
        && (isSync() || !other.isSync())
        && (failureEnds || !other.failureEnds || !other.records())
        && (input || !other.input)
        && (recipients.isEmpty() == other.recipients.isEmpty() || !other.records())
        && recipients.containsAll(other.recipients);
  }

  /** Whether output waits until it is durable. */
  boolean isSync() {
    return mode == RecordingMode.NODE_SYNC || mode == RecordingMode.PROXY_SYNC;
  }
}

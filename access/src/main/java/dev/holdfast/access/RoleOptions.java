package dev.holdfast.access;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * How somebody may do what he may. What is empty is not said; several roles' options are one by
 * fixed rules: the lowest limit, the shortest time, the strictest mode, and only what all that say
 * something about it permit.
 *
 * @param maxConnections SSH connections of one user over the whole cluster at one time; 0 for none
 * @param maxSessions session channels in one SSH connection
 * @param certificateTime how long a certificate is valid
 * @param recording how sessions are recorded
 * @param recordingFailureEnds whether a session ends when it can't be recorded
 * @param recordingEncryptTo keys that recordings are encrypted to, all roles' together
 * @param sessionControlOutage what becomes of limited connections while they can't be counted
 * @param portForwarding whether ports may be forwarded
 * @param agentForwarding whether the agent may be
 * @param x11Forwarding whether the display may be
 * @param secondFactor whether a log-in needs a second factor
 * @param pinSource whether a certificate is valid only from the address that it was asked from
 * @param joinSessions whether live sessions of others may be joined
 */
public record RoleOptions(
    Optional<Integer> maxConnections,
    Optional<Integer> maxSessions,
    Optional<Duration> certificateTime,
    Optional<RecordingMode> recording,
    Optional<Boolean> recordingFailureEnds,
    Optional<List<String>> recordingEncryptTo,
    Optional<Outage> sessionControlOutage,
    Optional<Boolean> portForwarding,
    Optional<Boolean> agentForwarding,
    Optional<Boolean> x11Forwarding,
    Optional<Boolean> secondFactor,
    Optional<Boolean> pinSource,
    Optional<Joining> joinSessions) {
  /** Nothing said. */
  public static final RoleOptions NONE = new RoleOptionsDraft().options();

  /** What counts where no role says anything. */
  public static final Duration USUAL_CERTIFICATE_TIME = Duration.ofHours(12);

  /** The longest time that a role can say. */
  public static final Duration MOST_CERTIFICATE_TIME = Duration.ofDays(30);

  /** What counts where no role says anything, as with sshd's MaxSessions. */
  public static final int USUAL_MAX_SESSIONS = 10;

  static final int MOST_CONNECTIONS = 1_000_000;

  public RoleOptions {
    check("max_connections", maxConnections, 0);
    check("max_sessions", maxSessions, 0);
    if (certificateTime
        .filter(time -> !time.isPositive() || time.compareTo(MOST_CERTIFICATE_TIME) > 0)
        .isPresent()) {
      throw new InvalidRecordException("certificate_time is more than 0 and at most 30 days.");
    }
    recordingEncryptTo = recordingEncryptTo.map(RoleOptions::checked);
  }

  /** What becomes of limited connections while the service that counts them is away. */
  public enum Outage {
    /** New ones are let in and live ones go on; they are counted once it is back. */
    ALLOW,
    /** New ones are refused, and live ones end before they could be counted for dead. */
    DENY;

    Outage and(Outage other) {
      return compareTo(other) >= 0 ? this : other;
    }
  }

  /**
   * Whether live sessions of others may be joined, where one may log in to their account anyway.
   */
  public enum Joining {
    /** Not at all. */
    NO,
    /** To see them. */
    OBSERVE,
    /** To see them and to type. */
    JOIN;

    Joining and(Joining other) {
      return compareTo(other) <= 0 ? this : other;
    }

    /** Whether this allows {@code wanted}. */
    public boolean allows(Joining wanted) {
      return compareTo(wanted) >= 0;
    }
  }

  /** Whether live sessions of others may be joined; not unless a role says so. */
  public Joining joining() {
    return joinSessions.orElse(Joining.NO);
  }

  private static void check(String name, Optional<Integer> limit, int least) {
    if (limit.filter(it -> it < least || it > MOST_CONNECTIONS).isPresent()) {
      throw new InvalidRecordException(
          "%s is a number from %d to %d.".formatted(name, least, MOST_CONNECTIONS));
    }
  }

  private static List<String> checked(List<String> keys) {
    keys.forEach(Recipient::parse);
    if (keys.isEmpty() || keys.size() > Recipient.MOST) {
      throw new InvalidRecordException(
          "recording_encrypt_to has 1 to %d keys, those of all roles of a user together."
              .formatted(Recipient.MOST));
    }
    return keys.stream().distinct().sorted().toList();
  }

  /** The keys that recordings are encrypted to; none if they are not. */
  public List<Recipient> recipients() {
    return recordingEncryptTo.orElse(List.of()).stream().map(Recipient::parse).toList();
  }

  public RoleOptions withMaxConnections(int limit) {
    return with(it -> it.maxConnections = Optional.of(limit));
  }

  public RoleOptions withMaxSessions(int limit) {
    return with(it -> it.maxSessions = Optional.of(limit));
  }

  public RoleOptions withCertificateTime(Duration time) {
    return with(it -> it.certificateTime = Optional.of(time));
  }

  public RoleOptions withRecording(RecordingMode mode) {
    return with(it -> it.recording = Optional.of(mode));
  }

  public RoleOptions withPortForwarding(boolean permitted) {
    return with(it -> it.portForwarding = Optional.of(permitted));
  }

  public RoleOptions withJoinSessions(Joining may) {
    return with(it -> it.joinSessions = Optional.of(may));
  }

  /** What is left of them for a node where a proxy has counted the connection and records it. */
  public RoleOptions behindProxy() {
    return with(it -> {
      it.maxConnections = Optional.empty();
      it.recording = Optional.of(RecordingMode.OFF);
      it.sessionControlOutage = Optional.empty();
    });
  }

  private RoleOptions with(Consumer<RoleOptionsDraft> change) {
    RoleOptionsDraft draft = new RoleOptionsDraft(this);
    change.accept(draft);
    return draft.options();
  }

  /** These and {@code other} as one. */
  public RoleOptions and(RoleOptions other) {
    return new RoleOptions(
        merge(maxConnections, other.maxConnections, Math::min),
        merge(maxSessions, other.maxSessions, Math::min),
        merge(certificateTime, other.certificateTime, (a, b) -> a.compareTo(b) <= 0 ? a : b),
        merge(recording, other.recording, RecordingMode::and),
        merge(recordingFailureEnds, other.recordingFailureEnds, Boolean::logicalOr),
        merge(recordingEncryptTo, other.recordingEncryptTo, RoleOptions::both),
        merge(sessionControlOutage, other.sessionControlOutage, Outage::and),
        merge(portForwarding, other.portForwarding, Boolean::logicalAnd),
        merge(agentForwarding, other.agentForwarding, Boolean::logicalAnd),
        merge(x11Forwarding, other.x11Forwarding, Boolean::logicalAnd),
        merge(secondFactor, other.secondFactor, Boolean::logicalOr),
        merge(pinSource, other.pinSource, Boolean::logicalOr),
        merge(joinSessions, other.joinSessions, Joining::and));
  }

  /** Each once, in one order; of too many the first, so that nobody is locked out by that. */
  private static List<String> both(List<String> one, List<String> other) {
    return Stream.concat(one.stream(), other.stream())
        .distinct()
        .sorted()
        .limit(Recipient.MOST)
        .toList();
  }

  private static <T> Optional<T> merge(Optional<T> one, Optional<T> other, BinaryOperator<T> rule) {
    return one.isPresent() && other.isPresent()
        ? Optional.of(rule.apply(one.get(), other.get()))
        : one.or(() -> other);
  }
}

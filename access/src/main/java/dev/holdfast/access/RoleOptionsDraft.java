package dev.holdfast.access;

import dev.holdfast.access.RoleOptions.Joining;
import dev.holdfast.access.RoleOptions.Outage;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Options of which some are being changed. Confined to one thread. */
final class RoleOptionsDraft {
  Optional<Integer> maxConnections = Optional.empty();
  Optional<Integer> maxSessions = Optional.empty();
  Optional<Duration> certificateTime = Optional.empty();
  Optional<RecordingMode> recording = Optional.empty();
  Optional<Boolean> recordingFailureEnds = Optional.empty();
  Optional<List<String>> recordingEncryptTo = Optional.empty();
  Optional<Outage> sessionControlOutage = Optional.empty();
  Optional<Boolean> portForwarding = Optional.empty();
  Optional<Boolean> agentForwarding = Optional.empty();
  Optional<Boolean> x11Forwarding = Optional.empty();
  Optional<Boolean> secondFactor = Optional.empty();
  Optional<Boolean> pinSource = Optional.empty();
  Optional<Joining> joinSessions = Optional.empty();

  /** Nothing said. */
  RoleOptionsDraft() {}

  RoleOptionsDraft(RoleOptions options) {
    maxConnections = options.maxConnections();
    maxSessions = options.maxSessions();
    certificateTime = options.certificateTime();
    recording = options.recording();
    recordingFailureEnds = options.recordingFailureEnds();
    recordingEncryptTo = options.recordingEncryptTo();
    sessionControlOutage = options.sessionControlOutage();
    portForwarding = options.portForwarding();
    agentForwarding = options.agentForwarding();
    x11Forwarding = options.x11Forwarding();
    secondFactor = options.secondFactor();
    pinSource = options.pinSource();
    joinSessions = options.joinSessions();
  }

  RoleOptions options() {
    return new RoleOptions(
        maxConnections,
        maxSessions,
        certificateTime,
        recording,
        recordingFailureEnds,
        recordingEncryptTo,
        sessionControlOutage,
        portForwarding,
        agentForwarding,
        x11Forwarding,
        secondFactor,
        pinSource,
        joinSessions);
  }
}

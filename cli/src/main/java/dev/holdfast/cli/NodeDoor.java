package dev.holdfast.cli;

import dev.holdfast.access.AuditSink;
import dev.holdfast.link.GateEvent;
import dev.holdfast.node.RunningSessions;
import dev.holdfast.recording.PartStore;
import dev.holdfast.ssh.Certifiers;
import dev.holdfast.ssh.Entrances;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a node has of its cluster: who decides about those who come, beside the node's own settings,
 * and where it is kept what they do.
 *
 * @param certifiers whose certificates log in
 * @param entrances decides about who has logged in
 * @param streams is told what happens to the streams of those who are in
 * @param audit where audit events go
 * @param recordings where recordings go
 * @param running the sessions that the cluster may have ended
 */
record NodeDoor(
    Certifiers certifiers,
    Entrances entrances,
    Consumer<GateEvent> streams,
    Optional<AuditSink> audit,
    Optional<PartStore> recordings,
    RunningSessions running) {
  /** There is no cluster. */
  static final NodeDoor OPEN =
      new NodeDoor(
          Certifiers.NONE,
          Entrances.OPEN,
          event -> {},
          Optional.empty(),
          Optional.empty(),
          new RunningSessions());
}

package dev.holdfast.node;

import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.Authority;
import dev.holdfast.access.Change;
import dev.holdfast.access.Cluster;
import dev.holdfast.access.Decision;
import dev.holdfast.access.Heartbeat;
import dev.holdfast.access.Identity;
import dev.holdfast.access.Leases;
import dev.holdfast.access.Lock;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.access.ServiceKind;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;

/** A cluster that says what it is told to. */
final class FakeCluster implements Cluster {
  volatile Identity identity = new Identity.Nobody("There is no user alice any more.");
  volatile Decision decision = new Decision.Undecided();

  volatile boolean reached = true;

  @Override
  public Identity identify(byte[] shown, InetAddress from) throws IOException {
    refuse();
    return identity;
  }

  @Override
  public Decision decide(String user, String login, String target) throws IOException {
    refuse();
    return decision;
  }

  private void refuse() throws IOException {
    if (!reached) {
      throw new IOException("The connection to the auth service has ended.");
    }
  }

  @Override
  public RoleOptions options(String user) {
    return RoleOptions.NONE;
  }

  @Override
  public List<NodeRecord> nodesOf(String user) {
    return List.of();
  }

  @Override
  public List<NodeRecord> machines(ServiceKind kind) {
    return List.of();
  }

  @Override
  public void heartbeat(Heartbeat beat) {}

  @Override
  public List<Authority> authorities() {
    return List.of();
  }

  @Override
  public List<Lock> locks() {
    return List.of();
  }

  @Override
  public void record(AuditEvent event) {}

  @Override
  public Leases leases(String machine) {
    return new FakeLeases(Integer.MAX_VALUE);
  }

  @Override
  public AutoCloseable watch(Consumer<Change> watcher) {
    return () -> {};
  }
}

package dev.holdfast.proxy;

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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A cluster that says what it is told to. */
final class AskedCluster implements Cluster {
  volatile Identity identity = new Identity.Nobody("There is no user alice any more.");
  volatile Decision decision = new Decision.Undecided();

  volatile boolean reached = true;
  volatile List<NodeRecord> nodesOf = List.of();
  volatile List<NodeRecord> machines = List.of();
  volatile List<Lock> locks = List.of();
  volatile RoleOptions options = RoleOptions.NONE;
  final AtomicInteger listed = new AtomicInteger();

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
    return options;
  }

  @Override
  public List<NodeRecord> nodesOf(String user) throws IOException {
    refuse();
    return nodesOf;
  }

  @Override
  public List<NodeRecord> machines(ServiceKind kind) throws IOException {
    refuse();
    listed.incrementAndGet();
    return machines;
  }

  @Override
  public void heartbeat(Heartbeat beat) {}

  @Override
  public List<Authority> authorities() {
    return List.of();
  }

  @Override
  public List<Lock> locks() {
    return locks;
  }

  @Override
  public void record(AuditEvent event) {}

  @Override
  public AutoCloseable watch(Consumer<Change> watcher) {
    return () -> {};
  }

  @Override
  public Leases leases(String machine) {
    throw new UnsupportedOperationException();
  }
}

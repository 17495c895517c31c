package dev.holdfast.cli;

import dev.holdfast.access.Change;
import dev.holdfast.link.Gate;
import dev.holdfast.link.GateSettings;
import dev.holdfast.proxy.NodeTunnels;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The gate of a process, before a server that stays as it is. Its streams move. Thread-safe. */
final class ServedGate implements Succession.Service, Closeable {
  /** For telling its clients that it ends. */
  private static final Duration GOODBYE = Duration.ofSeconds(2);

  private final GateSection section;
  private final Gate gate;

  /** Null if it is in no cluster. */
  private final @Nullable GateMember member;

  private final ServiceLog log;
  private volatile @Nullable NodeTunnels tunnels;

  private ServedGate(GateSection section, Gate gate, @Nullable GateMember member, ServiceLog log) {
    this.section = section;
    this.gate = gate;
    this.member = member;
    this.log = log;
  }

  /** Starts it; with {@code takeOver} in place of the process that waits at {@code meeting}. */
  static ServedGate start(
      GateSection section, Memberships memberships, Path meeting, boolean takeOver, ServiceLog log)
      throws IOException {
    GateMember member = memberships.isAny() ? GateMember.open(section, memberships) : null;
    try {
      GateSettings settings = section.settings();
      Gate gate =
          Succession.start(
              meeting,
              takeOver,
              from ->
                  from == null
                      ? Gate.start(settings, log::event)
                      : Gate.takeOver(settings, from, log::event));
      ServedGate served = new ServedGate(section, gate, member, log);
      if (member != null) {
        member.membership().watch(served::changed);
      }
      return served;
    } catch (IOException | RuntimeException e) {
      if (member != null) {
        member.close();
      }
      throw e;
    }
  }

  private void changed(Change change) {
    NodeTunnels held = tunnels;
    if (held != null && (change instanceof Change.NodeRemoved || change instanceof Change.Missed)) {
      held.recheck();
    }
  }

  @Override
  public Gate gate() {
    return gate;
  }

  @Override
  public boolean moves() {
    return true;
  }

  @Override
  public void lead() throws IOException {
    TunnelConfiguration configured = section.tunnels();
    if (member == null) {
      tunnels = configured.open(gate::adopt, log::say);
    } else {
      tunnels =
          configured.open(member.membership(), configured.machineKey(), gate::adopt, log::say);
      member.live(gate);
    }
  }

  @Override
  public void leave() {
    NodeTunnels held = tunnels;
    tunnels = null;
    if (held != null) {
      held.close();
    }
    if (member != null) {
      member.membership().rest();
    }
  }

  @Override
  public void retire() throws InterruptedException {
    gate.shutDown("The gate was shut down; connect again when it is back.", GOODBYE);
  }

  @Override
  public boolean isEmpty() {
    return gate.isEmpty();
  }

  /** Null if it is in no cluster. */
  @Nullable GateMember member() {
    return member;
  }

  @Override
  public void close() {
    leave();
    gate.close();
    if (member != null) {
      member.close();
    }
  }
}

package dev.holdfast.cli;

import dev.holdfast.link.Gate;
import dev.holdfast.proxy.FileCluster;
import dev.holdfast.proxy.Proxy;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The proxy of a process, of a cluster or of two files. Thread-safe.
 *
 * @param member null if it is in no cluster
 */
record ServedProxy(Proxy proxy, @Nullable ProxyMember member, ServiceLog log)
    implements Succession.Service, Closeable {
  /** Starts it; with {@code takeOver} in place of the process that waits at {@code meeting}. */
  static ServedProxy start(
      ProxyConfiguration configuration,
      Memberships memberships,
      Path meeting,
      boolean takeOver,
      ServiceLog log)
      throws IOException {
    if (memberships.isAny()) {
      ProxyMember member = ProxyMember.start(configuration, memberships, meeting, takeOver, log);
      return new ServedProxy(member.proxy(), member, log);
    }
    FileCluster cluster = new FileCluster(configuration.users(), configuration.nodes(), log::say);
    Proxy proxy =
        Succession.start(
            meeting,
            takeOver,
            from -> {
              Proxy prepared = Proxy.prepare(configuration.settings(), cluster, log::say);
              prepared.open(from, log::event);
              return prepared;
            });
    return new ServedProxy(proxy, null, log);
  }

  @Override
  public Gate gate() {
    return proxy.gate();
  }

  /** Without a place to be asked it serves, but no process before it reaches nodes. */
  @Override
  public void lead() throws IOException {
    if (member != null) {
      member.live();
    }
    try {
      proxy.lead();
    } catch (IOException e) {
      log.say(
          ServiceLog.Level.WARN,
          "handover",
          "processes of this proxy can't ask each other for nodes: " + e.getMessage());
    }
  }

  @Override
  public void leave() {
    if (member != null) {
      member.membership().rest();
    }
    proxy.leave();
  }

  @Override
  public void retire() {
    proxy.sendAway();
  }

  @Override
  public boolean isEmpty() {
    return proxy.isEmpty() && (member == null || !member.isRecording());
  }

  /** If it had taken over and still has the port, that goes back. */
  @Override
  public void close() {
    proxy.gate().giveBack();
    proxy.close();
    if (member != null) {
      member.close();
    }
  }
}

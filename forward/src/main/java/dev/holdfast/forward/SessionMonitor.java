package dev.holdfast.forward;

import dev.holdfast.client.ConfigQuery;
import dev.holdfast.client.Logins;
import dev.holdfast.link.DescriptorSocket;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.NetworkWatch;
import dev.holdfast.link.SocketPair;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.MonitorMessage;
import dev.holdfast.ssh.MonitorTalk;
import dev.holdfast.ssh.TargetMonitor;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Connects for a confined process to the one server that it is for, and answers what it asks at its
 * logins: configuration, keys, agent, known hosts, the person and the network are on this side.
 *
 * <pre>
 *   here: dials, any way that ssh_config knows ── bytes ──► there: SSH, and all that goes in it
 *         TargetMonitor ◄──────────────── questions ─────── MonitoredTarget
 * </pre>
 *
 * Thread-safe.
 */
public final class SessionMonitor {
  /** Logins and sessions at a time; a forwarder has one, and a few beside it that it doubts. */
  static final int MOST = 32;

  private final Logins logins;
  private final SshSessionSource.Setting setting;
  private final ConfigQuery query;
  private final String name;
  private final NetworkWatch watch;
  private final Semaphore free = new Semaphore(MOST);

  SessionMonitor(
      Logins logins,
      SshSessionSource.Setting setting,
      ConfigQuery query,
      String name,
      NetworkWatch watch) {
    this.logins = logins;
    this.setting = setting;
    this.query = query;
    this.name = name;
    this.watch = watch;
  }

  /** The login: {@code user@host}, with the port if it is not the usual one. */
  public String name() {
    return name;
  }

  /** Has {@code changed} run when the machine woke or its network changed; it must not block. */
  public Server.Hold onNetworkChange(Runnable changed) {
    NetworkWatch.Listening listening = watch.listen(_ -> changed.run());
    return listening::close;
  }

  /** Answers a confined process that wants a session, and makes it. Does not block. */
  public void begin(MonitorTalk asked) throws IOException {
    try (SocketPair bytes = SocketPair.open();
        SocketPair questions = SocketPair.open()) {
      Duplex stream = bytes.stream();
      MonitorTalk talk = new MonitorTalk(questions.socket());
      boolean isFree = free.tryAcquire();
      Thread.ofPlatform()
          .daemon()
          .name("login-monitor")
          .start(() -> {
            if (isFree) {
              serve(stream, talk);
              free.release();
            }
            stream.close();
            talk.close();
          });
      asked.tell(MonitorMessage.empty(), List.of(bytes.there(), questions.there()));
    }
  }

  private void serve(Duplex stream, MonitorTalk talk) {
    SshSessionSource.Asked asked = new SshSessionSource.Asked();
    try (Logins.Lent lent = logins.lend(setting.read(query), asked)) {
      ClientConnection.join(lent.stream(), stream);
      new TargetMonitor(lent.target(), talk, lent::isSafe)
          .serve(lent.stream().outlivesLinks(), lent::loggedIn);
    } catch (IOException | RuntimeException e) {
      fail(talk, e instanceof IOException world ? world : new IOException(e), asked);
    }
  }

  /** A process that has ended hears nothing more. */
  private void fail(MonitorTalk talk, IOException failure, SshSessionSource.Asked asked) {
    try {
      talk.tell(TroubleMessage.of(Troubles.of(failure, name, asked.last())));
    } catch (IOException | IllegalStateException e) {
      // It knows by the end of the connection.
    }
  }

  /** What a confined process finds at the other end of its descriptors. */
  static MonitorTalk talk(dev.holdfast.link.Descriptor questions) throws IOException {
    return new MonitorTalk(DescriptorSocket.of(questions.toConnection()));
  }
}

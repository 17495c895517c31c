package dev.holdfast.forward;

import dev.holdfast.client.Logins;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.SocketPair;
import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.ClientEngine;
import dev.holdfast.ssh.MonitorMessage;
import dev.holdfast.ssh.MonitorTalk;
import dev.holdfast.ssh.MonitoredTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Makes sessions in a confined process: the monitor connects and answers ({@link SessionMonitor}),
 * SSH is spoken here. Thread-safe.
 */
final class MonitoredSessions implements SessionSource {
  private final String name;
  private final MonitorTalk monitor;
  private final ClientEngine engine = ClientEngine.start();

  MonitoredSessions(String name, MonitorTalk monitor) {
    this.name = name;
    this.monitor = monitor;
  }

  @Override
  public Session make() throws FarFailure {
    try (MonitorTalk.Heard given = monitor.askWith(MonitorMessage.about("login"))) {
      Duplex bytes = SocketPair.stream(given.descriptors().getFirst());
      MonitorTalk talk = SessionMonitor.talk(given.descriptors().getLast());
      boolean done = false;
      try {
        Session session = logIn(bytes, talk);
        done = true;
        return session;
      } finally {
        if (!done) {
          bytes.close();
          talk.close();
        }
      }
    } catch (FarFailure e) {
      throw e;
    } catch (IOException | UncheckedIOException e) {
      throw new FarFailure(new Trouble.Unreachable(name, "its monitor does not answer"));
    }
  }

  private Session logIn(Duplex bytes, MonitorTalk talk) throws IOException {
    Optional<MonitorTalk.Heard> heard = talk.hear();
    MonitorMessage first = heard.map(MonitorTalk.Heard::message).orElse(MonitorMessage.empty());
    if (!first.about().equals("terms")) {
      throw new FarFailure(TroubleMessage.read(first));
    }
    MonitoredTarget target = MonitoredTarget.of(talk, first);
    ClientConnection connection;
    try {
      connection =
          engine.connect(new MonitoredStream(bytes, target.outlivesLinks()), target.target());
    } catch (IOException e) {
      throw new FarFailure(Troubles.of(e, name, target.unanswered()));
    }
    if (!target.done()) {
      connection.sever();
      throw new FarFailure(new Trouble.UnknownHost(name));
    }
    return new SshSession(new Login(connection, talk));
  }

  /** Its end is the monitor's sign to leave the server. */
  private static final class Login implements Logins.Login {
    private final ClientConnection connection;
    private final MonitorTalk talk;
    private final AtomicBoolean closed = new AtomicBoolean();

    Login(ClientConnection connection, MonitorTalk talk) {
      this.connection = connection;
      this.talk = talk;
      connection.whenOver(talk::close);
    }

    @Override
    public ClientConnection connection() {
      return connection;
    }

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        Thread.ofVirtual()
            .name("login-close")
            .start(() -> {
              connection.close();
              talk.close();
            });
      }
    }
  }
}

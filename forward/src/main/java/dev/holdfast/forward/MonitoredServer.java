package dev.holdfast.forward;

import dev.holdfast.ssh.MonitorTalk;
import java.util.List;

/** The one server of a confined process. Thread-safe. */
public final class MonitoredServer implements AutoCloseable {
  private final Server server;
  private final Tending tending = new Tending(this::all);

  /**
   * That of a name, without a session.
   *
   * @param monitor is asked for sessions
   */
  public MonitoredServer(String name, MonitorTalk monitor, ForwardSettings settings) {
    server = new Server(name, new MonitoredSessions(name, monitor), settings, tending::wakeUp);
  }

  private List<Server> all() {
    return List.of(server);
  }

  public Server server() {
    return server;
  }

  /** The machine woke or its network changed. */
  public void networkChanged() {
    server.networkChanged();
  }

  @Override
  public void close() {
    server.close();
    tending.close();
  }
}

package dev.holdfast.node;

import dev.holdfast.access.AuditSink;
import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.SessionAnswer;
import dev.holdfast.ssh.SessionStart;
import dev.holdfast.ssh.Sessions;
import dev.holdfast.ssh.SessionsAround;
import java.util.function.Function;

/**
 * Sessions of which audit events tell. A session begins only when the event of its start is kept:
 * its client is told that its request succeeded, and what it sends meanwhile waits. If the event
 * can't be kept it is told so, and nothing is run. Thread-safe.
 */
public final class AuditedSessions extends SessionsAround {
  private final AuditSink sink;
  private final Function<Login, String> user;
  private final RunningSessions running;
  private final Beginning beginning;

  /** How one begins whose start is on record. */
  @FunctionalInterface
  interface Beginning {
    SessionAnswer begin(SessionStart start, ClientEnd client, SessionTrail trail);
  }

  /**
   * Audited sessions.
   *
   * @param user of the cluster; empty if the login is none's
   * @param running those that go on, by what audit events call them
   */
  public AuditedSessions(
      Sessions sessions, AuditSink sink, Function<Login, String> user, RunningSessions running) {
    this(sessions, sink, user, running, (start, client, _) -> sessions.start(start, client));
  }

  /** The same, of which each with a terminal can be joined. */
  public AuditedSessions(
      JoinableSessions sessions,
      AuditSink sink,
      Function<Login, String> user,
      RunningSessions running) {
    this(sessions, sink, user, running, sessions::begin);
  }

  private AuditedSessions(
      Sessions sessions,
      AuditSink sink,
      Function<Login, String> user,
      RunningSessions running,
      Beginning beginning) {
    super(sessions);
    this.sink = sink;
    this.user = user;
    this.running = running;
    this.beginning = beginning;
  }

  @Override
  public SessionAnswer start(SessionStart start, ClientEnd client) {
    SessionTrail trail = new SessionTrail(sink, start, user.apply(start.login()));
    AuditedSession session =
        new AuditedSession(beginning, start, client, trail, () -> running.remove(trail.session()));
    running.add(trail.session(), session);
    return new SessionAnswer.Served(session);
  }
}

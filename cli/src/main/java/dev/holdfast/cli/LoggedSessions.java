package dev.holdfast.cli;

import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.ssh.ServedSessionAround;
import dev.holdfast.ssh.SessionAnswer;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.ssh.SessionStart;
import dev.holdfast.ssh.Sessions;
import dev.holdfast.ssh.SessionsAround;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Sessions of which the log tells when they begin and how they end. What a command is is not
 * logged: people write passwords there. Thread-safe.
 */
final class LoggedSessions extends SessionsAround {
  private final Activity activity;

  LoggedSessions(Sessions sessions, Activity activity) {
    super(sessions);
    this.activity = activity;
  }

  @Override
  public SessionAnswer start(SessionStart start, ClientEnd client) {
    Told told = new Told(start);
    SessionAnswer answer = sessions.start(start, client.heardBy(told::exited));
    return switch (answer) {
      case SessionAnswer.Served(ServedSession session) ->
          new SessionAnswer.Served(told.begin(session));
      case SessionAnswer.Refused refused -> {
        Login login = start.login();
        activity.sessionRefused(
            new NodeEvent.SessionRefused(
                login.connection(), login.user(), login.from(), kind(start)));
        yield refused;
      }
    };
  }

  private static String kind(SessionStart start) {
    String what =
        switch (start.request()) {
          case SessionRequest.Shell it -> "a shell";
          case SessionRequest.Exec it -> "a command";
          case SessionRequest.Subsystem it -> "subsystem " + Activity.shown(it.name());
        };
    return start.pty() == null ? what : what + " on a terminal";
  }

  /** One session, between what serves it and its client. */
  private final class Told {
    private final SessionStart start;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile long session;
    private volatile long since;

    Told(SessionStart start) {
      this.start = start;
    }

    ServedSession begin(ServedSession served) {
      since = System.nanoTime();
      session = activity.sessionBegins();
      Login login = start.login();
      activity.began(
          new NodeEvent.SessionStarted(
              login.connection(), session, login.user(), login.from(), kind(start)));
      return new Ends(served, this);
    }

    void ended(String how) {
      if (over.compareAndSet(false, true)) {
        Login login = start.login();
        Duration lasted = Duration.ofNanos(System.nanoTime() - since);
        activity.ended(
            new NodeEvent.SessionEnded(login.connection(), session, login.user(), how, lasted));
      }
    }

    void exited(ClientEnd.Ending ending) {
      ended(
          switch (ending) {
            case ClientEnd.Ending.Status(int status) -> "status " + status;
            case ClientEnd.Ending.Signal(String name, boolean core, String message) -> "SIG" + name;
            case ClientEnd.Ending.Silent silent -> "without a status";
          });
    }
  }

  /** Tells of a channel that closes before its session has ended. */
  private record Ends(ServedSession inner, Told told) implements ServedSessionAround {
    @Override
    public void closed() {
      told.ended("the client has gone");
      inner.closed();
    }
  }
}

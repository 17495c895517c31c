package dev.holdfast.cli;

import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.ssh.SessionAnswer;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.ssh.SessionStart;
import dev.holdfast.ssh.Sessions;
import dev.holdfast.ssh.WindowSize;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Sessions of which the log tells when they begin and how they end. What a command is is not
 * logged: people write passwords there. Thread-safe.
 */
final class LoggedSessions implements Sessions {
  private final Sessions sessions;
  private final Function<Login, String> streams;
  private final Consumer<NodeEvent> events;
  private final AtomicInteger number = new AtomicInteger();
  private final AtomicInteger living = new AtomicInteger();

  /**
   * These sessions.
   *
   * @param streams the name of a login's connection in events
   */
  LoggedSessions(Sessions sessions, Function<Login, String> streams, Consumer<NodeEvent> events) {
    this.sessions = sessions;
    this.streams = streams;
    this.events = events;
  }

  /** How many have begun and not ended. */
  int living() {
    return living.get();
  }

  /** How many have begun. */
  int begun() {
    return number.get();
  }

  @Override
  public SessionAnswer start(SessionStart start, ClientEnd client) {
    Told told = new Told(start, client);
    SessionAnswer answer = sessions.start(start, told);
    return switch (answer) {
      case SessionAnswer.Served(ServedSession session) ->
          new SessionAnswer.Served(told.begin(session));
      case SessionAnswer.Refused refused -> {
        Login login = start.login();
        events.accept(
            new NodeEvent.SessionRefused(
                streams.apply(login), login.user(), login.from(), kind(start)));
        yield refused;
      }
    };
  }

  @Override
  public boolean permits(Login login, Extra extra) {
    return sessions.permits(login, extra);
  }

  @Override
  public boolean acceptsVariable(Login login, String name) {
    return sessions.acceptsVariable(login, name);
  }

  private static String kind(SessionStart start) {
    String what =
        switch (start.request()) {
          case SessionRequest.Shell it -> "a shell";
          case SessionRequest.Exec it -> "a command";
          case SessionRequest.Subsystem it -> "subsystem " + it.name();
        };
    return start.pty() == null ? what : what + " on a terminal";
  }

  /** One session, between what serves it and its client. */
  private final class Told implements ClientEnd {
    private final SessionStart start;
    private final ClientEnd client;
    private final String stream;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile int session;
    private volatile long since;

    Told(SessionStart start, ClientEnd client) {
      this.start = start;
      this.client = client;
      this.stream = streams.apply(start.login());
    }

    ServedSession begin(ServedSession served) {
      since = System.nanoTime();
      session = number.incrementAndGet();
      living.incrementAndGet();
      Login login = start.login();
      events.accept(
          new NodeEvent.SessionStarted(stream, session, login.user(), login.from(), kind(start)));
      return new Ends(served, this);
    }

    void ended(String how) {
      if (over.compareAndSet(false, true)) {
        living.decrementAndGet();
        Duration lasted = Duration.ofNanos(System.nanoTime() - since);
        events.accept(
            new NodeEvent.SessionEnded(stream, session, start.login().user(), how, lasted));
      }
    }

    @Override
    public int write(Output output, Source source) throws IOException {
      return client.write(output, source);
    }

    @Override
    public boolean isWritable() {
      return client.isWritable();
    }

    @Override
    public void consumed(int bytes) {
      client.consumed(bytes);
    }

    @Override
    public void end() {
      client.end();
    }

    @Override
    public void exit(Ending ending) {
      ended(
          switch (ending) {
            case Ending.Status(int status) -> "status " + status;
            case Ending.Signal(String name, boolean core, String message) -> "SIG" + name;
            case Ending.Silent silent -> "without a status";
          });
      client.exit(ending);
    }
  }

  /** Tells of a channel that closes before its session has ended. */
  private record Ends(ServedSession served, Told told) implements ServedSession {
    @Override
    public void begin() {
      served.begin();
    }

    @Override
    public int input(byte[] bytes, int offset, int length) {
      return served.input(bytes, offset, length);
    }

    @Override
    public void inputEnded() {
      served.inputEnded();
    }

    @Override
    public void resize(WindowSize size) {
      served.resize(size);
    }

    @Override
    public void signal(String name) {
      served.signal(name);
    }

    @Override
    public boolean sendBreak(Duration length) {
      return served.sendBreak(length);
    }

    @Override
    public void writable() {
      served.writable();
    }

    @Override
    public void closed() {
      told.ended("the client has gone");
      served.closed();
    }
  }
}

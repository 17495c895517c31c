package dev.holdfast.node;

import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.ssh.ServedSessionAround;
import dev.holdfast.ssh.SessionAnswer;
import dev.holdfast.ssh.SessionStart;
import dev.holdfast.ssh.Sessions;
import dev.holdfast.ssh.SessionsAround;

/**
 * Sessions in whose terminals the server may say something itself, as if their program had written
 * it: whatever is behind, a recording for one, sees it as output. Thread-safe.
 */
public final class AnnouncedSessions extends SessionsAround {

  /** Those of {@code sessions}. */
  public AnnouncedSessions(Sessions sessions) {
    super(sessions);
  }

  @Override
  public SessionAnswer start(SessionStart start, ClientEnd client) {
    if (start.pty() == null) {
      return sessions.start(start, client);
    }
    AnnouncedClient told = new AnnouncedClient(client);
    return switch (sessions.start(start, told)) {
      case SessionAnswer.Refused refused -> refused;
      case SessionAnswer.Served(ServedSession served) ->
          new SessionAnswer.Served(new Announced(served, told));
    };
  }

  /** One of them, as its channel sees it. */
  private record Announced(ServedSession inner, AnnouncedClient client)
      implements ServedSessionAround {
    @Override
    public boolean say(byte[] line, int spare) {
      return client.say(line, spare);
    }

    @Override
    public void writable() {
      client.hasRoom();
      inner.writable();
    }
  }
}

package dev.holdfast.node;

import dev.holdfast.access.Json;
import dev.holdfast.recording.Event.Start;
import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.Credential;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.Pty;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.ssh.SessionAnswer;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.ssh.SessionStart;
import dev.holdfast.ssh.Sessions;
import dev.holdfast.ssh.SessionsAround;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions that are recorded as their clients see them. A client of a named session has a recording
 * of its own, of what it was shown and typed while it was attached. Of a subsystem only the start
 * and the end are recorded. Thread-safe.
 */
public final class RecordedSessions extends SessionsAround {
  /** Characters of a command that are recorded; with it the description stays within its bound. */
  private static final int MOST_COMMAND = 8192;

  /** The same of a name. */
  private static final int MOST_CHARACTERS = 256;

  private static final Logger log = LoggerFactory.getLogger(RecordedSessions.class);

  private final Recorder recorder;
  private final Function<Login, RecordingPolicy> policies;
  private final Where where;

  /**
   * Where recorded sessions run.
   *
   * @param node its name
   * @param proxy the name of the proxy that records them; empty if the node does itself
   */
  public record Where(String node, String proxy) {}

  /**
   * Those of {@code sessions}.
   *
   * @param policies how the sessions of a login are recorded; asked when one starts
   */
  public RecordedSessions(
      Sessions sessions, Recorder recorder, Function<Login, RecordingPolicy> policies) {
    this(sessions, recorder, policies, new Where(recorder.node(), ""));
  }

  /** The same of sessions that run there. */
  public RecordedSessions(
      Sessions sessions,
      Recorder recorder,
      Function<Login, RecordingPolicy> policies,
      Where where) {
    super(sessions);
    this.where = where;
    this.recorder = recorder;
    this.policies = policies;
  }

  @Override
  public SessionAnswer start(SessionStart start, ClientEnd client) {
    RecordingPolicy policy = policies.apply(start.login());
    if (!policy.records()) {
      return sessions.start(start, client);
    }
    boolean terminal = start.pty() != null;
    try {
      Recording recording = recorder.record(new Start(about(start, policy)), policy);
      return policy.isSync()
          ? withheld(start, client, recording, policy)
          : passing(start, client, recording, policy);
    } catch (IOException e) {
      log.error("A session of {} could not be recorded: {}", start.login().user(), e.getMessage());
      return new SessionAnswer.Served(
          new UnstartedSession(
              client,
              terminal,
              "This server records sessions and can't do so now; its log has the reason. Try again"
                  + " later."));
    }
  }

  private SessionAnswer passing(
      SessionStart start, ClientEnd client, Recording recording, RecordingPolicy policy) {
    RecordedClient shown =
        new RecordedClient(client, recording, start.pty() != null, hasContent(start));
    recording.tell(shown);
    return switch (sessions.start(start, shown)) {
      case SessionAnswer.Refused refused -> refused(recording, refused);
      case SessionAnswer.Served(ServedSession served) -> {
        RecordedSession session =
            new RecordedSession(served, recording, policy.input(), () -> true);
        shown.serve(served, session::closed);
        yield new SessionAnswer.Served(session);
      }
    };
  }

  private SessionAnswer withheld(
      SessionStart start, ClientEnd client, Recording recording, RecordingPolicy policy) {
    WithheldClient shown =
        new WithheldClient(client, recording, start.pty() != null, hasContent(start));
    recording.tell(shown);
    return switch (sessions.start(start, shown)) {
      case SessionAnswer.Refused refused -> refused(recording, refused);
      case SessionAnswer.Served(ServedSession served) -> {
        RecordedSession session =
            new RecordedSession(served, recording, policy.input(), shown::clientHasRoom);
        shown.serve(served, session::closed);
        yield new SessionAnswer.Served(session);
      }
    };
  }

  private static SessionAnswer refused(Recording recording, SessionAnswer.Refused refused) {
    recording.end(null, "The session was refused.");
    return refused;
  }

  /** Files that a subsystem carries are not what a person saw. */
  private static boolean hasContent(SessionStart start) {
    return !(start.request() instanceof SessionRequest.Subsystem);
  }

  private Json.Members about(SessionStart start, RecordingPolicy policy) {
    Login login = start.login();
    Map<String, Json> about = new LinkedHashMap<>();
    about.put("time", Json.of(Instant.now().truncatedTo(ChronoUnit.MICROS).toString()));
    put(about, "node", where.node());
    put(about, "proxy", where.proxy());
    put(about, "user", login.terms().user());
    put(about, "login", login.user());
    put(about, "from", from(login));
    put(about, "connection", login.connection());
    put(about, "credential", credential(login.credential()));
    switch (start.request()) {
      case SessionRequest.Shell() -> put(about, "request", "shell");
      case SessionRequest.Exec(String command) -> {
        put(about, "request", "exec");
        put(about, "command", command);
      }
      case SessionRequest.Subsystem(String name) -> {
        put(about, "request", "subsystem");
        put(about, "command", name);
      }
    }
    put(about, "session", start.environment().getOrDefault(NamedSessions.NAME, ""));
    Pty pty = start.pty();
    if (pty != null) {
      put(about, "term", pty.term());
      about.put("columns", Json.of(Math.max(pty.size().columns(), 0)));
      about.put("rows", Json.of(Math.max(pty.size().rows(), 0)));
    }
    put(about, "content", !hasContent(start) ? "none" : pty == null ? "streams" : "terminal");
    put(
        about,
        "mode",
        (where.proxy().isEmpty() ? "node" : "proxy") + (policy.isSync() ? "-sync" : ""));
    about.put("input", Json.of(policy.input()));
    return new Json.Members(about);
  }

  private static void put(Map<String, Json> about, String name, String value) {
    int most = name.equals("command") ? MOST_COMMAND : MOST_CHARACTERS;
    if (!value.isEmpty()) {
      about.put(name, Json.of(value.substring(0, Math.min(value.length(), most))));
    }
  }

  private static String from(Login login) {
    return login.from() instanceof InetSocketAddress address
        ? LoginSessions.host(address) + " " + address.getPort()
        : "";
  }

  private static String credential(Credential credential) {
    return switch (credential) {
      case Credential.Key(String type, String print) -> type + " " + print;
      case Credential.Certificate(String type, String print, String id, long serial, _) ->
          "%s-cert %s ID %s (serial %s)".formatted(type, print, id, Long.toUnsignedString(serial));
      case Credential.Password() -> "password";
      case Credential.KeyboardInteractive() -> "keyboard-interactive";
      case Credential.Untold() -> "";
    };
  }
}

package dev.holdfast.node;

import dev.holdfast.access.RoleOptions.Joining;
import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.Pty;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.ssh.SessionAnswer;
import dev.holdfast.ssh.SessionStart;
import dev.holdfast.ssh.Sessions;
import dev.holdfast.ssh.SessionsAround;
import dev.holdfast.terminal.Size;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions of a cluster's users, of which each with a terminal can be joined by others who may, as
 * {@link JoinRequest} asks. Who joins is shown what the session's owner is shown, and what he types
 * goes where the owner's keys go: he has no program, recording or variables of his own.
 * Thread-safe.
 */
public final class JoinableSessions extends SessionsAround {
  private static final Logger log = LoggerFactory.getLogger(JoinableSessions.class);

  private final LiveTerminals terminals;
  private final Predicate<String> running;
  private final Function<Login, RecordingPolicy> policies;

  /**
   * Those of {@code sessions}, which lets the server speak in their terminals ({@link
   * AnnouncedSessions}).
   *
   * @param terminals of the same node
   * @param running whether there is a session, with or without a terminal
   * @param policies how the sessions of a login are recorded
   */
  public JoinableSessions(
      Sessions sessions,
      LiveTerminals terminals,
      Predicate<String> running,
      Function<Login, RecordingPolicy> policies) {
    super(sessions);
    this.terminals = terminals;
    this.running = running;
    this.policies = policies;
  }

  /** Without a name that somebody could join it by. */
  @Override
  public SessionAnswer start(SessionStart start, ClientEnd client) {
    return sessions.start(start, client);
  }

  /** A session of which the trail tells. May wait for whoever keeps audit events. */
  SessionAnswer begin(SessionStart start, ClientEnd client, SessionTrail trail) {
    if (start.login().terms().user().isEmpty()) {
      return sessions.start(start, client);
    }
    Optional<JoinRequest> request = JoinRequest.of(start.request());
    if (request.isPresent()) {
      return new SessionAnswer.Served(join(request.get(), start, client, trail));
    }
    Pty pty = start.pty();
    return pty == null
        ? sessions.start(start, client)
        : joinable(start, pty, client, trail.session());
  }

  private SessionAnswer joinable(SessionStart start, Pty pty, ClientEnd client, String session) {
    Login login = start.login();
    JoinableTerminal.Owner owner =
        new JoinableTerminal.Owner(login.terms().user(), login.user(), policies.apply(login));
    LiveTerminal terminal =
        new LiveTerminal(
            owner,
            client,
            Size.wanted(pty.size().columns(), pty.size().rows()),
            terminals.events(),
            () -> terminals.remove(session));
    terminals.add(session, terminal); // Its program may have ended before this goes on.
    return switch (sessions.start(start, terminal)) {
      case SessionAnswer.Refused refused -> {
        terminals.remove(session);
        yield refused;
      }
      case SessionAnswer.Served(ServedSession served) ->
          new SessionAnswer.Served(terminal.serve(served));
    };
  }

  private ServedSession join(
      JoinRequest request, SessionStart start, ClientEnd client, SessionTrail trail) {
    Login login = start.login();
    Pty pty = start.pty();
    JoinRules rules = new JoinRules(login, policies.apply(login), running);
    String never = rules.refusal(request, pty != null);
    if (pty == null || !never.isEmpty()) {
      return refused(start, client, trail, never);
    }
    Optional<? extends JoinableTerminal> found;
    try {
      found = terminals.find(request.session());
    } catch (IOException e) {
      return unreached(request, start, client, trail, e);
    }
    String why = rules.refusal(request.session(), found);
    return found.isEmpty() || !why.isEmpty()
        ? refused(start, client, trail, why)
        : join(request, found.get(), pty, start, client, trail);
  }

  private static ServedSession join(
      JoinRequest request,
      JoinableTerminal terminal,
      Pty pty,
      SessionStart start,
      ClientEnd client,
      SessionTrail trail) {
    Login login = start.login();
    boolean types = request.wanted() == Joining.JOIN;
    try {
      trail.joins(request.session(), terminal.owner().user(), types ? "join" : "observe");
    } catch (IOException e) {
      return refused(start, client, trail, JoinRules.UNKEPT);
    }
    log.info(
        "{} joins the session {} of {}",
        login.terms().user(),
        request.session(),
        terminal.owner().user());
    try {
      return terminal.guest(
          login.terms().user(),
          client,
          types ? AttachMode.SHARE : AttachMode.WATCH,
          request.size().orElseGet(() -> Size.wanted(pty.size().columns(), pty.size().rows())));
    } catch (IOException e) {
      return unreached(request, start, client, trail, e);
    }
  }

  private static ServedSession unreached(
      JoinRequest request,
      SessionStart start,
      ClientEnd client,
      SessionTrail trail,
      IOException why) {
    log.warn("Another process may have session {}: {}", request.session(), why.toString());
    return refused(start, client, trail, JoinRules.UNREACHED.formatted(request.session()));
  }

  private static ServedSession refused(
      SessionStart start, ClientEnd client, SessionTrail trail, String why) {
    trail.refused(why);
    return new UnstartedSession(client, start.pty() != null, why);
  }
}

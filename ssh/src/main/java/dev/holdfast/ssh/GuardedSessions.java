package dev.holdfast.ssh;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Sessions within what the login may: whatever a client asks for, a forced command is what it gets,
 * and what is behind never sees more than is permitted. Thread-safe.
 */
final class GuardedSessions implements Sessions {
  /** What stands for the server's own sftp where a command is forced, as with sshd. */
  private static final String INTERNAL_SFTP = "internal-sftp";

  private final Sessions sessions;
  private final ServerSettings settings;
  private final Displays displays;

  GuardedSessions(Sessions sessions, ServerSettings settings, Displays displays) {
    this.sessions = sessions;
    this.settings = settings;
    this.displays = displays;
  }

  @Override
  public boolean permits(Login login, Extra extra) {
    Permissions may = login.permissions();
    return switch (extra) {
      case PTY -> may.pty() && settings.get(ServerOption.PERMIT_TTY);
      case AGENT_FORWARDING ->
          may.agentForwarding() && forwards(ServerOption.ALLOW_AGENT_FORWARDING);
      case X11_FORWARDING -> may.x11Forwarding() && forwards(ServerOption.X11_FORWARDING);
    };
  }

  private boolean forwards(ServerOption<Boolean> option) {
    return settings.get(option) && !settings.get(ServerOption.DISABLE_FORWARDING);
  }

  @Override
  public boolean acceptsVariable(Login login, String name) {
    return NamePattern.ask(settings.get(ServerOption.ACCEPT_ENV), name) == NamePattern.Verdict.YES;
  }

  @Override
  public SessionAnswer start(SessionStart start, ClientEnd client) {
    Login login = start.login();
    Map<String, String> environment = new LinkedHashMap<>(start.environment());
    login
        .permissions()
        .environment()
        .forEach((name, value) -> {
          if (NamePattern.ask(settings.get(ServerOption.PERMIT_USER_ENVIRONMENT), name)
              == NamePattern.Verdict.YES) {
            environment.put(name, value);
          }
        });
    Forwards forwards = ((ChannelOutput) client).forwards();
    if (start.agentForwarding()) {
      forwards.agent(login).ifPresent(path -> environment.put("SSH_AUTH_SOCK", path));
    }
    if (start.x11() != null) {
      displays
          .open(login, start.x11(), forwards)
          .ifPresent(display -> environment.put("DISPLAY", display));
    }
    return sessions.start(forced(start, environment), client);
  }

  /** The same, with the command that is forced in place of what was asked for. */
  private static SessionStart forced(SessionStart start, Map<String, String> environment) {
    String command = start.login().permissions().command();
    if (command == null) {
      return with(start, start.request(), environment);
    }
    environment.remove("SSH_ORIGINAL_COMMAND");
    original(start.request()).ifPresent(asked -> environment.put("SSH_ORIGINAL_COMMAND", asked));
    SessionRequest request =
        command.equals(INTERNAL_SFTP) || command.startsWith(INTERNAL_SFTP + " ")
            ? new SessionRequest.Subsystem("sftp")
            : new SessionRequest.Exec(command);
    return with(start, request, environment);
  }

  private static Optional<String> original(SessionRequest request) {
    return switch (request) {
      case SessionRequest.Exec(String command) -> Optional.of(command);
      case SessionRequest.Subsystem(String name) -> Optional.of(name);
      case SessionRequest.Shell() -> Optional.empty();
    };
  }

  private static SessionStart with(
      SessionStart start, SessionRequest request, Map<String, String> environment) {
    return new SessionStart(
        start.login(),
        start.local(),
        request,
        Map.copyOf(environment),
        start.pty(),
        start.agentForwarding(),
        start.x11());
  }
}

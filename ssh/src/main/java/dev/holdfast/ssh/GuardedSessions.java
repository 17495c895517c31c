package dev.holdfast.ssh;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Sessions within what the login may: whatever a client asks for, a forced command is what it gets,
 * and what is behind never sees more than is permitted. Thread-safe.
 */
final class GuardedSessions implements Sessions {
  /** What stands for the server's own sftp where a command is forced, as with sshd. */
  private static final String INTERNAL_SFTP = "internal-sftp";

  /** What forced commands believe: nobody but the server sets it. */
  private static final String ORIGINAL = "SSH_ORIGINAL_COMMAND";

  /** How the names of variables begin by which clients ask for our own kinds of sessions. */
  private static final String OWN = "HOLDFAST_";

  private final Sessions sessions;
  private final ServerSettings settings;
  private final Displays displays;

  GuardedSessions(Sessions sessions, ServerSettings settings) {
    this.sessions = sessions;
    this.settings = settings;
    displays = new Displays(settings);
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

  /** What AcceptEnv lets in, and besides what is for the sessions themselves and no program. */
  @Override
  public boolean acceptsVariable(Login login, String name) {
    if (name.startsWith(OWN)) {
      return sessions.acceptsVariable(login, name);
    }
    return !name.equals(ORIGINAL) && settings.acceptsVariable(name);
  }

  @Override
  public SessionAnswer start(SessionStart start, ClientEnd client) {
    String forced = start.login().permissions().command();
    Forwards forwards = ((ChannelOutput) client).forwards();
    Granted granted =
        new Granted(
            environment(start.login()),
            forced == null ? null : start.request(),
            start.agentForwarding() ? forwards.agent(start.login()).orElse(null) : null,
            start.x11() == null ? null : displays.open(start.x11(), forwards).orElse(null));
    SessionRequest request = forced == null ? start.request() : request(forced);
    return sessions.start(start.with(request, granted), client);
  }

  /** Of the key's variables those that the settings permit. */
  private Map<String, String> environment(Login login) {
    List<String> permitted = settings.get(ServerOption.PERMIT_USER_ENVIRONMENT);
    return login.permissions().environment().entrySet().stream()
        .filter(one -> NamePattern.ask(permitted, one.getKey()) == NamePattern.Verdict.YES)
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static SessionRequest request(String forced) {
    return forced.equals(INTERNAL_SFTP) || forced.startsWith(INTERNAL_SFTP + " ")
        ? new SessionRequest.Subsystem("sftp")
        : new SessionRequest.Exec(forced);
  }
}

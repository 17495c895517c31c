package dev.holdfast.client;

import dev.holdfast.ssh.Pty;
import dev.holdfast.ssh.SessionPlan;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.ssh.WindowSize;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What a configuration asks for in a session, by the rules of ssh.c. */
final class SessionWish {
  /** The variable by which a node is told of a named session. */
  private static final String NAMED_SESSION = "HOLDFAST_SESSION";

  private SessionWish() {}

  /** What is to run. */
  static SessionRequest request(ClientConfig config) {
    String command = config.command();
    if (config.get(ClientOptions.SESSION_TYPE) == ClientOptions.SessionType.SUBSYSTEM) {
      return new SessionRequest.Subsystem(command);
    }
    return command.isEmpty() ? new SessionRequest.Shell() : new SessionRequest.Exec(command);
  }

  /** Whether it runs in a terminal. */
  static boolean wantsPty(ClientConfig config, Tty tty, Prompts prompts) {
    ClientOptions.RequestTty wanted = config.get(ClientOptions.REQUEST_TTY);
    boolean isShell = request(config) instanceof SessionRequest.Shell;
    boolean wants =
        switch (wanted) {
          case NO -> false;
          case AUTO -> isShell;
          case YES, FORCE -> true;
        };
    boolean hasInput = tty.isTerminal() && !config.get(ClientOptions.STDIN_NULL);
    if (wants && !hasInput && wanted != ClientOptions.RequestTty.FORCE) {
      prompts.tell("Pseudo-terminal will not be allocated because stdin is not a terminal.");
      return false;
    }
    return wants;
  }

  /** The terminal as the server is told of it. */
  static Pty pty(ClientConfig config, Tty tty) {
    WindowSize size = tty.size().orElse(new WindowSize(80, 24, 0, 0));
    String term = config.surroundings().environment().getOrDefault("TERM", "");
    return new Pty(term, size, tty.modes());
  }

  /** What the server is asked for, without a terminal. */
  static SessionPlan plain(ClientConfig config) {
    return new SessionPlan(request(config), Optional.empty(), variables(config), false);
  }

  /** The same in a terminal. */
  static SessionPlan inTerminal(ClientConfig config, Tty tty) {
    return new SessionPlan(
        request(config), Optional.of(pty(config, tty)), variables(config), false);
  }

  /** The same in a session of that name of a node. */
  static SessionPlan named(SessionPlan plan, String name) {
    Map<String, String> variables = new LinkedHashMap<>(plan.environment());
    variables.put(NAMED_SESSION, name);
    return new SessionPlan(
        plan.request(), plan.pty(), variables, plan.agentForwarding(), plan.x11());
  }

  /** The same with a multiplexer between. */
  static SessionPlan kept(SessionPlan plan, String line) {
    return new SessionPlan(
        new SessionRequest.Exec(line),
        plan.pty(),
        plan.environment(),
        plan.agentForwarding(),
        plan.x11());
  }

  private static Map<String, String> variables(ClientConfig config) {
    Map<String, String> variables = new LinkedHashMap<>();
    config
        .surroundings()
        .environment()
        .forEach((name, value) -> {
          if (config.get(ClientOptions.SEND_ENV).stream()
              .anyMatch(pattern -> Wildcard.matches(name, pattern))) {
            variables.put(name, value);
          }
        });
    for (String setting : config.get(ClientOptions.SET_ENV)) {
      String[] parts = setting.split("=", 2);
      variables.put(parts[0], parts.length > 1 ? parts[1] : "");
    }
    return variables;
  }

  /** What is told where the server does not run it. */
  static String refusal(ClientConfig config) {
    return switch (request(config)) {
      case SessionRequest.Subsystem _ -> "subsystem request failed on channel 0";
      case SessionRequest.Exec _ -> "exec request failed on channel 0";
      case SessionRequest.Shell _ -> "shell request failed on channel 0";
    };
  }
}

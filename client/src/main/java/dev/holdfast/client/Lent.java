package dev.holdfast.client;

import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.SessionPlan;
import dev.holdfast.ssh.X11Request;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What of this machine a server's sessions may use: agent and display, as the configuration says
 * (ssh_config(5), ForwardAgent, ForwardX11). For one run.
 */
final class Lent {
  private final Optional<Path> agent;
  private final Optional<X11Display> display;
  private final Optional<X11Cookie> cookie;
  private final long refusedAfter;

  private Lent(
      Optional<Path> agent,
      Optional<X11Display> display,
      Optional<X11Cookie> cookie,
      long refusedAfter) {
    this.agent = agent;
    this.display = display;
    this.cookie = cookie;
    this.refusedAfter = refusedAfter;
  }

  /** What a configuration lends, as far as it is there. */
  static Lent of(ClientConfig config, Prompts prompts) throws IOException {
    Optional<Path> agent = agent(config);
    String name = config.surroundings().environment().getOrDefault("DISPLAY", "");
    Optional<X11Display> display =
        config.get(ClientOptions.FORWARD_X11) ? X11Display.of(name) : Optional.empty();
    if (display.isEmpty()) {
      return new Lent(agent, display, Optional.empty(), Long.MAX_VALUE);
    }
    Duration timeout = config.get(ClientOptions.FORWARD_X11_TIMEOUT);
    boolean isTrusted = config.get(ClientOptions.FORWARD_X11_TRUSTED);
    Optional<Duration> untrusted = isTrusted ? Optional.empty() : Optional.of(timeout);
    try {
      Path xauth = Path.of(config.get(ClientOptions.XAUTH_LOCATION));
      X11Cookie cookie = X11Cookie.of(xauth, name, untrusted);
      if (cookie.real().length == 0) {
        prompts.tell("Warning: No xauth data; using fake authentication data for X11 forwarding.");
      }
      boolean isBound = !isTrusted && timeout.isPositive();
      long until = isBound ? System.nanoTime() + timeout.toNanos() : Long.MAX_VALUE;
      return new Lent(agent, display, Optional.of(cookie), until);
    } catch (IOException e) {
      prompts.tell("Warning: " + e.getMessage());
      return new Lent(agent, Optional.empty(), Optional.empty(), Long.MAX_VALUE);
    }
  }

  /** Nothing: the server is not the one that was meant. */
  static Lent nothing() {
    return new Lent(Optional.empty(), Optional.empty(), Optional.empty(), Long.MAX_VALUE);
  }

  private static Optional<Path> agent(ClientConfig config) throws IOException {
    ClientOptions.ForwardAgent wanted = config.get(ClientOptions.FORWARD_AGENT);
    if (!wanted.forward()) {
      return Optional.empty();
    }
    return wanted.socket().isPresent()
        ? Optional.of(config.path(wanted.socket().get()))
        : Identities.agentPath(config);
  }

  /** Lets sessions on that connection use it. */
  void lend(ClientConnection connection) {
    agent.ifPresent(path -> connection.lendAgent(() -> Sockets.connect(path.toString())));
    if (display.isPresent() && cookie.isPresent()) {
      connection.lendDisplay(() -> {
        if (refusedAfter != Long.MAX_VALUE && System.nanoTime() - refusedAfter > 0) {
          throw new IOException("Rejected X11 connection after ForwardX11Timeout expired");
        }
        return new X11Setup(display.get().connect(), cookie.get());
      });
    }
  }

  /** A plan that asks for it. */
  SessionPlan in(SessionPlan plan) {
    Optional<X11Request> x11 =
        cookie.map(known ->
            new X11Request(
                false,
                known.protocol(),
                known.toldInHex(),
                display.map(X11Display::screen).orElse(0)));
    Map<String, String> environment = plan.environment();
    return new SessionPlan(plan.request(), plan.pty(), environment, agent.isPresent(), x11);
  }
}

package dev.holdfast.client;

import dev.holdfast.ssh.ClientConnection;
import dev.holdfast.ssh.ServerEngine;
import dev.holdfast.ssh.SessionPlan;
import dev.holdfast.ssh.SessionRequest;
import java.util.Optional;

/**
 * What kind of session a run has, and what of it outlives a connection.
 *
 * @param hasSession whether there is one, and not forwards alone
 * @param hasPty whether it has a terminal
 * @param isPerson whether somebody sits at ours
 * @param wanted what is to keep it at a stock server
 * @param name that the person gave it
 */
record SessionKind(
    ClientConfig config,
    boolean hasSession,
    boolean hasPty,
    boolean isPerson,
    Optional<KeptSession> wanted,
    Optional<String> name) {
  static SessionKind of(ClientConfig config, Tty tty, Prompts prompts) throws ConfigFailure {
    boolean hasSession = config.get(ClientOptions.SESSION_TYPE) != ClientOptions.SessionType.NONE;
    boolean hasPty = hasSession && SessionWish.wantsPty(config, tty, prompts);
    boolean isPerson = tty.isTerminal() && new Tty(Tty.STDOUT).isTerminal();
    return new SessionKind(
        config, hasSession, hasPty, isPerson, KeptSession.of(config), KeptSession.nameIn(config));
  }

  boolean hasInput() {
    return hasSession && !config.get(ClientOptions.STDIN_NULL);
  }

  private boolean isShell() {
    return SessionWish.request(config) instanceof SessionRequest.Shell;
  }

  /**
   * The session in a multiplexer that this one is to be, at that server. One that nobody asked for
   * is made only for a person's shell, at servers that are known to run commands as a login shell
   * does.
   */
  Optional<KeptSession> kept(ClientConnection at) {
    if (!hasPty || !isPerson || isNode(at)) {
      return Optional.empty();
    }
    boolean isAsked = wanted.isPresent() && (wanted.get().isNamed() || isKeeperGiven());
    boolean isFitting = isShell() && !at.outlivesLinks() && isUsual(at.serverIdentification());
    return isAsked || isFitting ? wanted : Optional.empty();
  }

  private boolean isKeeperGiven() {
    return config.get(ClientOptions.HOLDFAST_CONTEXT) != ClientOptions.SessionKeeper.AUTO;
  }

  private static boolean isUsual(String identification) {
    return (identification.contains("OpenSSH") && !identification.contains("Windows"))
        || identification.contains("dropbear");
  }

  private static boolean isNode(ClientConnection at) {
    return at.serverIdentification().startsWith(ServerEngine.IDENTIFICATION);
  }

  /** The named session of a node that this one is to be. */
  Optional<String> nameAtNode(ClientConnection at) {
    return isNode(at) && hasPty ? name : Optional.empty();
  }

  /**
   * What that server is asked for.
   *
   * @param again whether the session was there before
   * @param prompts tells what is new about it then
   */
  SessionPlan plan(ClientConnection at, Tty tty, Lent lent, boolean again, Prompts prompts) {
    lent.lend(at);
    SessionPlan plan =
        lent.in(hasPty ? SessionWish.inTerminal(config, tty) : SessionWish.plain(config));
    Optional<KeptSession> kept = kept(at);
    if (kept.isPresent()) {
      return SessionWish.kept(plan, kept.get().line(config.command(), again));
    }
    Optional<String> named = nameAtNode(at);
    if (named.isPresent()) {
      return SessionWish.named(plan, named.get());
    }
    if (again && isShell()) {
      prompts.tell("What ran in the shell went with the connection; this is a new one.");
    }
    return plan;
  }

  /**
   * Whether it goes on over a new connection: forwards alone, a person's shell, and whatever is
   * kept; never a command that would run twice.
   */
  boolean lasts(ClientConnection lost) {
    if (!config.get(ClientOptions.HOLDFAST_RECONNECT)) {
      return false;
    }
    return !hasSession
        || (hasPty
            && isPerson
            && (isShell() || kept(lost).isPresent() || nameAtNode(lost).isPresent()));
  }
}

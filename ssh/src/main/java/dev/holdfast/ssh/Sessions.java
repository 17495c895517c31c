package dev.holdfast.ssh;

/**
 * What a server does with session channels (RFC 4254 6). Called on the thread that reads the
 * connection: nothing here may wait for the peer, and what takes long holds the connection up.
 */
public interface Sessions {
  /** What a client may ask for beside the session itself. */
  enum Extra {
    PTY,
    AGENT_FORWARDING,
    X11_FORWARDING
  }

  /** Sessions in which {@code programs} run, one in each. */
  static Sessions of(Programs programs) {
    return new ProgramSessions(programs);
  }

  /**
   * The session that {@code start} asks for.
   *
   * @param client where its output goes, once {@link ServedSession#begin} was called
   */
  SessionAnswer start(SessionStart start, ClientEnd client);

  /** Whether {@code login} gets {@code extra}; ptys for everybody, nothing else unless told. */
  default boolean permits(Login login, Extra extra) {
    return extra == Extra.PTY;
  }

  /**
   * Whether a variable that the client wants set goes into the environment (RFC 4254 6.4, AcceptEnv
   * in sshd_config(5)); none unless told. The name is not empty and has no '=' in it.
   */
  default boolean acceptsVariable(Login login, String name) {
    return false;
  }
}

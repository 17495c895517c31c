package dev.holdfast.ssh;

/** Sessions that are others but for how they start. */
public abstract class SessionsAround implements Sessions {
  /** The other ones. */
  protected final Sessions sessions;

  protected SessionsAround(Sessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public boolean permits(Login login, Extra extra) {
    return sessions.permits(login, extra);
  }

  @Override
  public boolean acceptsVariable(Login login, String name) {
    return sessions.acceptsVariable(login, name);
  }
}

package dev.holdfast.ssh;

/** Sessions in which {@link Programs} run, one in each. */
final class ProgramSessions implements Sessions {
  private final Programs programs;

  ProgramSessions(Programs programs) {
    this.programs = programs;
  }

  @Override
  public SessionAnswer start(SessionStart start, ClientEnd client) {
    Program program = programs.find(start.login(), start.request());
    return program == null
        ? new SessionAnswer.Refused()
        : new SessionAnswer.Served(new ProgramSession(program, start, client));
  }

  /** It is up to the program what to believe. */
  @Override
  public boolean acceptsVariable(Login login, String name) {
    return true;
  }
}

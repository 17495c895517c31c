package dev.holdfast.client;

/** The end of a process that has nothing left to do. */
public final class ProcessEnd {
  private ProcessEnd() {}

  /**
   * Ends this process with that status, at once, without what was registered for its end. {@link
   * System#exit} would wait 300 ms for threads that are in the system, as those that read there
   * are.
   */
  public static void now(int status) {
    TtyCalls.exit(status);
  }
}

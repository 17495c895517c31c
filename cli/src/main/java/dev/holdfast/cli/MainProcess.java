package dev.holdfast.cli;

import dev.holdfast.link.ServiceNotice;
import java.io.IOException;
import java.time.Duration;

/** Which process systemd takes for a service's main one, systemd.service(5). */
final class MainProcess {
  /** Time for systemd to hear who it is. */
  private static final Duration HEAR = Duration.ofSeconds(5);

  private MainProcess() {}

  /** Tells systemd, if this is the main process, that another one is from now on. */
  static void pass(ServiceNotice notice, long successor, ServiceLog log) {
    if (!isHere()) {
      return;
    }
    try {
      notice.mainProcess(successor);
      if (!notice.awaitHeard(HEAR)) {
        log.say(ServiceLog.Level.WARN, "notice", "systemd did not hear of the new main process");
      }
    } catch (IOException e) {
      log.say(ServiceLog.Level.WARN, "notice", "systemd can't be told: " + e.getMessage());
    }
  }

  /** Not where systemd started something that started this: SYSTEMD_EXEC_PID, systemd.exec(5). */
  private static boolean isHere() {
    String started = System.getenv("SYSTEMD_EXEC_PID");
    return started == null || started.equals(Long.toString(ProcessHandle.current().pid()));
  }
}

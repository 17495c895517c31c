package dev.holdfast.auth;

import dev.holdfast.auth.Caller.Standing;
import java.util.Set;

/**
 * Whoever wants to see recordings: those of his own sessions, whose output he was shown anyway, or
 * all.
 *
 * @param name in the cluster; empty if he is root of the service's machine
 * @param all with the right to audit or to administer
 */
record Reader(String name, boolean all) {
  static Reader of(Caller caller) {
    Set<Standing> standings = caller.standings();
    return new Reader(
        caller.name(),
        standings.contains(Standing.AUDITOR) || standings.contains(Standing.ADMINISTRATOR));
  }

  boolean maySee(Recorded recording) {
    return all || (!name.isEmpty() && name.equals(recording.user()));
  }
}

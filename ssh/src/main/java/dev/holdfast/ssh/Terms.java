package dev.holdfast.ssh;

import dev.holdfast.access.RoleOptions;

/**
 * On what terms somebody was let in, beside what his key and the server's settings say.
 *
 * @param user who he is in the cluster; empty if the cluster does not know him
 * @param options of all his roles
 */
public record Terms(String user, RoleOptions options) {
  /** There are none. */
  public static final Terms FREE = new Terms("", RoleOptions.NONE);

  /** Of {@code permissions} those that remain. */
  Permissions limit(Permissions permissions) {
    return permissions.within(
        options.portForwarding().orElse(true),
        options.agentForwarding().orElse(true),
        options.x11Forwarding().orElse(true));
  }

  /** Sessions in one connection, where the settings allow {@code most}. */
  int maxSessions(int most) {
    return options.maxSessions().filter(it -> it < most).orElse(most);
  }
}

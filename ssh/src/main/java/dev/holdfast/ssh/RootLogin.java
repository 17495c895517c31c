package dev.holdfast.ssh;

/** How root may log in (sshd_config(5), PermitRootLogin). */
public enum RootLogin {
  YES,
  /** By key only. */
  PROHIBIT_PASSWORD,
  /** By a key, and only to run the command that is forced with it. */
  FORCED_COMMANDS_ONLY,
  NO
}

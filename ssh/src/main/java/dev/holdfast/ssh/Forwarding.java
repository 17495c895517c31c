package dev.holdfast.ssh;

/** Which ways may be forwarded (sshd_config(5), AllowTcpForwarding). */
public enum Forwarding {
  YES,
  NO,
  /** Only what the client opens here. */
  LOCAL,
  /** Only what is listened on here. */
  REMOTE;

  boolean local() {
    return this == YES || this == LOCAL;
  }

  boolean remote() {
    return this == YES || this == REMOTE;
  }
}

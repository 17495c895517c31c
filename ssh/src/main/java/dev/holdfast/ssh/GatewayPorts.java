package dev.holdfast.ssh;

/** On which addresses forwarded ports are listened on (sshd_config(5), GatewayPorts). */
public enum GatewayPorts {
  /** All. */
  YES,
  /** Loopback. */
  NO,
  /** Whichever the client says. */
  CLIENT_SPECIFIED
}

package dev.holdfast.e2e;

/** How a user comes to a node through proxies. */
enum ClientKind {
  /** Our own client. */
  HOLDFAST_SSH,

  /** Stock ssh, with {@code holdfast connect --proxy} as its ProxyCommand. */
  PROXY_COMMAND,

  /** Stock {@code ssh -J}, which has nothing to come back with. */
  JUMP;

  boolean survives() {
    return this != JUMP;
  }
}

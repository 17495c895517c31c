package dev.holdfast.e2e;

/** How a client program of a {@link Site} gets to sshd. */
enum Route {
  /** It dials the gate's port as if that were sshd's: no resumption, nothing changed. */
  DIRECT,
  /**
   * It has {@code holdfast connect} as its proxy command, through a relay that cuts links, to the
   * gate.
   */
  HELD
}

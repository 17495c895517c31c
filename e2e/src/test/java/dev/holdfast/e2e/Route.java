package dev.holdfast.e2e;

/** How a client program gets to a server of a {@link Site}. */
enum Route {
  /** It dials the gate's port as if that were sshd's: no resumption, nothing changed. */
  DIRECT(false, false),
  /**
   * It has {@code holdfast connect} as its proxy command, through a relay that cuts links, to the
   * gate.
   */
  HELD(true, false),
  /** It dials a node: {@code holdfast serve}, without any sshd. */
  NODE(false, true),
  /** It has {@code holdfast connect}, through a relay that cuts links, to a node. */
  HELD_NODE(true, true);

  private final boolean held;
  private final boolean node;

  Route(boolean held, boolean node) {
    this.held = held;
    this.node = node;
  }

  /** Whether it goes by {@code holdfast connect}, through a relay that cuts links. */
  boolean isHeld() {
    return held;
  }

  /** Whether a node is at its end, and not a gate with an sshd. */
  boolean toNode() {
    return node;
  }

  /** How the server's identification string begins, behind "SSH-2.0-". */
  String software() {
    return node ? "Holdfast" : "OpenSSH_";
  }
}

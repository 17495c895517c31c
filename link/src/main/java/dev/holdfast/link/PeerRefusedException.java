package dev.holdfast.link;

import java.io.IOException;

/** A process of another user wanted to give or take connections; it got nothing. */
public final class PeerRefusedException extends IOException {
  private static final long serialVersionUID = 1;

  PeerRefusedException(Peer peer, int ownUser) {
    super(
        "Process %d of user %d is not trusted with connections; it has to run as user %d or root."
            .formatted(peer.process(), peer.user(), ownUser));
  }
}

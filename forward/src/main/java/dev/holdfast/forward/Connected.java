package dev.holdfast.forward;

import dev.holdfast.ssh.DirectStream;

/** A connection that the server has confirmed, and the session that it goes through. */
record Connected(LiveSession session, DirectStream stream) {}

package dev.holdfast.stream;

import java.io.Serial;

/**
 * The peer, or the path, sent bytes that the resumption protocol does not allow. It ends the link,
 * never the stream: the bytes may have been damaged on the way, and a new link carries them again.
 *
 * <p>The message never quotes the peer's bytes.
 */
public final class ProtocolException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  /** A violation, in words for the log. */
  public ProtocolException(String message) {
    super(message);
  }
}

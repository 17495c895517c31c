package dev.holdfast.link;

import dev.holdfast.stream.Link;
import dev.holdfast.stream.ProtocolException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a peer has to say on a new connection before the first frame, and the link that comes of it.
 */
interface Opening {
  /** The link, attached to the endpoint, as soon as it can say something; null before. */
  @Nullable Link link();

  /**
   * Consumes the peer's opening.
   *
   * @return whether it is complete; false while bytes are missing
   * @throws ProtocolException the connection is of no use
   */
  boolean receive(ByteBuffer input, long now) throws ProtocolException;

  /** Nothing is awaited: the link's frames follow. */
  record Done(Link link) implements Opening {
    @Override
    public boolean receive(ByteBuffer input, long now) {
      return true;
    }
  }
}

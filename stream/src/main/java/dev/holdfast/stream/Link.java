package dev.holdfast.stream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One live connection carrying a stream, in one of the two dialects of the wire. It turns bytes
 * received into what the endpoint should know, and what the endpoint wants said into bytes to send.
 * A driver owns the connection:
 *
 * <pre>
 *   bytes arrived:   while ((data = link.receive(input, now)) != null) { write data to the application; endpoint.keep(data); }
 *                    input not consumed is the start of a frame: offer it again with more behind it
 *   may send:        output = link.transmit(now); write it; link.wrote(now)      until it is empty
 *   time passed:     at wakeAt() transmit again; at suspectAt() start another connection beside this one
 *   afterwards:      if link.isOver(), close the connection once the output is empty
 *   connection lost: if it was end of file, link.connectionEnded(); then endpoint.detach(link)
 * </pre>
 *
 * <p>Once another link is attached to its endpoint this one is inert: it consumes and produces
 * nothing, whatever its driver still does. {@code now} is in nanoseconds since any fixed start,
 * never negative, never decreasing. Confined like its endpoint.
 */
public sealed interface Link permits LinkV1, LinkV2 {
  /**
   * Consumes whole frames of {@code input} up to one with bytes for the application.
   *
   * @return bytes for the application, a view good until the next call, to be followed by {@link
   *     Endpoint#keep}; null when more input is needed or nothing is left
   * @throws ProtocolException the connection must be closed; the stream lives on
   */
  @Nullable ByteBuffer receive(ByteBuffer input, long now) throws ProtocolException;

  /** What is to be sent now: what is left of the last batch, or a new one; possibly empty. */
  Output transmit(long now);

  /** Says that the driver wrote from the last {@link #transmit}'s output. */
  void wrote(long now);

  /**
   * Whether the driver should read from the connection: false while the endpoint has no room (v1
   * has no windows).
   */
  boolean wantsInput();

  /**
   * When {@link #transmit} has something new to say although nothing happened; {@code
   * Long.MAX_VALUE} for never.
   */
  long wakeAt();

  /**
   * When the peer's silence becomes suspicious if it lasts; {@code Long.MAX_VALUE} while nothing is
   * expected from it.
   */
  long suspectAt();

  /** When something was last heard from the peer. */
  long heardAt();

  /** Smoothed round-trip time in nanoseconds, 0 while unknown. */
  long rttNanos();

  /**
   * Whether the stream is at its end on this link: nothing more will be said in either direction.
   */
  boolean isOver();

  /**
   * Says, before {@link Endpoint#detach}, that the peer ended the connection in order: end of file
   * and no error. In v1 this confirms that our close arrived.
   */
  default void connectionEnded() {}

  /** Makes this link inert and gives its memory back. Called by the endpoint. */
  void abandon();
}

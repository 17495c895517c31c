package dev.holdfast.stream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The server's half of what precedes the frames of one link (PROTOCOL.resume-v1, sections 3 and 4).
 * Whoever drives it sends the {@link #line} first, before anything is read, and bounds the time
 * that all this may take.
 *
 * <p>Confined like its endpoint.
 */
public final class ServerOpeningV1 {
  private static final int EXCHANGE = PreludeV1.LENGTH + KeyExchangeV1.PUBLIC + 1;

  private final KeyExchangeV1 key;
  private byte @Nullable [] pad;

  /** An opening with a fresh {@code key}. */
  public ServerOpeningV1(KeyExchangeV1 key) {
    this.key = key;
  }

  /** How far an opening got. */
  public sealed interface Step {
    /** More is needed of the client. */
    record More() implements Step {}

    /**
     * A client without resumption; nothing was consumed. The line that it was sent is the server's
     * identification string.
     */
    record Plain() implements Step {}

    /** A new stream, which exists from now on; nothing is answered, frames follow both ways. */
    record Fresh(TokenV1 token) implements Step {}

    /**
     * The client wants the stream of {@code token}: send an {@link AnswerV1}; after {@link
     * AnswerV1#ACCEPTED} positions and frames follow, after others nothing.
     */
    record Resume(TokenV1 token) implements Step {}
  }

  /** The first line, to be sent at once. */
  public ServerLineV1 line(String hostId) {
    return new ServerLineV1(hostId, key.shown());
  }

  /**
   * Reads what the client says, up to the next step; the rest stays in {@code input}.
   *
   * @throws ProtocolException the connection must be closed
   */
  public Step read(ByteBuffer input) throws ProtocolException {
    return pad == null ? exchange(input) : token(input, pad);
  }

  private Step exchange(ByteBuffer input) throws ProtocolException {
    PreludeV1 prelude = PreludeV1.of(input);
    if (prelude == PreludeV1.PLAIN) {
      return new Step.Plain();
    }
    if (prelude == PreludeV1.MORE || input.remaining() < EXCHANGE) {
      return new Step.More();
    }
    byte[] peer = new byte[KeyExchangeV1.PUBLIC];
    input.get(input.position() + PreludeV1.LENGTH, peer);
    byte tag = input.get(input.position() + EXCHANGE - 1);
    if (tag != 0 && tag != 1) {
      throw new ProtocolException("neither a new stream nor a resume");
    }
    byte[] agreed = key.agree(peer);
    input.position(input.position() + EXCHANGE);
    if (tag == 0) {
      return new Step.Fresh(new TokenV1(agreed));
    }
    pad = agreed;
    return token(input, agreed);
  }

  private static Step token(ByteBuffer input, byte[] pad) {
    if (input.remaining() < TokenV1.BYTES) {
      return new Step.More();
    }
    byte[] masked = new byte[TokenV1.BYTES];
    input.get(masked);
    return new Step.Resume(TokenV1.unmasked(masked, pad));
  }
}

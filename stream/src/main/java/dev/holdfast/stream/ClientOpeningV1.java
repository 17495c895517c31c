package dev.holdfast.stream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The client's half of what precedes the frames of one link (PROTOCOL.resume-v1, sections 3 and 4).
 *
 * <pre>
 *   new stream   ──► SSH-2.0-          ◄── line          ──► suffix, key, 0, frames …
 *   resume       ──► prelude, key, 1   ◄── line          ──► masked token, position …   ◄── answer, position, frames …
 * </pre>
 *
 * <p>A connection that ends before the opening is over is lost: it was no plain server. Confined
 * like its endpoint.
 */
public final class ClientOpeningV1 {
  private static final byte NEW = 0;
  private static final byte RESUME = 1;

  private final KeyExchangeV1 key;
  private final @Nullable Session session;
  private boolean lineSeen;

  private ClientOpeningV1(KeyExchangeV1 key, @Nullable Session session) {
    this.key = key;
    this.session = session;
  }

  /** What a client must remember to come back: whom to ask, and its secret. */
  public record Session(TokenV1 token, String hostId) {}

  /** An opening of a new stream; {@code key} must be fresh. */
  public static ClientOpeningV1 fresh(KeyExchangeV1 key) {
    return new ClientOpeningV1(key, null);
  }

  /** An opening that comes back to a stream; {@code key} must be fresh. */
  public static ClientOpeningV1 resume(KeyExchangeV1 key, Session session) {
    return new ClientOpeningV1(key, session);
  }

  /** How far an opening got. */
  public sealed interface Step {
    /** More is needed of the server. */
    record More() implements Step {}

    /**
     * A server without resumption; nothing was consumed. On a new stream: go on in plain SSH, the
     * first eight bytes being sent already (see {@link AlreadySaid}). On a resume this is final.
     */
    record Plain() implements Step {}

    /** The stream exists. Its first link begins with {@code reply}. */
    record Opened(Session session, byte[] reply) implements Step {}

    /**
     * {@code reply} is to be sent, alone or at the start of a link that is attached now and sends
     * its position ahead of the answer; read on for that.
     */
    record Proving(byte[] reply) implements Step {}

    /** The server has the stream: its position and frames follow. */
    record Accepted() implements Step {}

    /** The server refused; it closes the connection. */
    record Refused(AnswerV1 why) implements Step {}
  }

  /** The bytes to send at once. */
  public byte[] firstFlight() {
    return session == null
        ? PreludeV1.first()
        : ByteBuffer.allocate(PreludeV1.LENGTH + KeyExchangeV1.PUBLIC + 1)
            .put(PreludeV1.whole())
            .put(key.shown())
            .put(RESUME)
            .array();
  }

  /**
   * Reads what the server says, up to the next step; the rest stays in {@code input}.
   *
   * @throws ProtocolException the connection must be closed; another may do better
   */
  public Step read(ByteBuffer input) throws ProtocolException {
    if (lineSeen) {
      return answer(input);
    }
    return switch (ServerLineV1.read(input)) {
      case ServerLineV1.Verdict.More() -> new Step.More();
      case ServerLineV1.Verdict.Plain() -> new Step.Plain();
      case ServerLineV1.Verdict.Resumable(ServerLineV1 line) -> line(line);
    };
  }

  private Step line(ServerLineV1 line) throws ProtocolException {
    lineSeen = true;
    byte[] agreed = key.agree(line.key());
    if (session == null) {
      byte[] reply =
          ByteBuffer.allocate(PreludeV1.suffix().length + KeyExchangeV1.PUBLIC + 1)
              .put(PreludeV1.suffix())
              .put(key.shown())
              .put(NEW)
              .array();
      return new Step.Opened(new Session(new TokenV1(agreed), line.hostId()), reply);
    }
    if (!line.hostId().equals(session.hostId())) {
      throw new ProtocolException("another host answered");
    }
    return new Step.Proving(session.token().masked(agreed));
  }

  private static Step answer(ByteBuffer input) {
    if (!input.hasRemaining()) {
      return new Step.More();
    }
    AnswerV1 answer = AnswerV1.of(input.get());
    return answer == AnswerV1.ACCEPTED ? new Step.Accepted() : new Step.Refused(answer);
  }
}

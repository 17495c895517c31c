package dev.holdfast.stream;

import java.nio.ByteBuffer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** How the endpoints of both sides meet over a fresh wire, in one protocol. */
interface Dialect {
  /** Whether one direction can end before the other. */
  boolean hasHalfClose();

  /** Whether damaged bytes are noticed. */
  boolean noticesDamage();

  /** Bytes kept for a peer that does not acknowledge, but for {@link Endpoint#AHEAD}. */
  long unackedBound();

  /** The client of one stream. */
  Client client(Endpoint endpoint, Chunks chunks, RandomGenerator random);

  /** A server; {@code streams} makes the endpoint of each new stream. */
  Server server(Supplier<Endpoint> streams, Chunks chunks, RandomGenerator random);

  /** Looks over the shoulders of both sides of a wire, knowing nothing but the protocol's text. */
  Referee referee();

  /** What a client knows beyond its endpoint. */
  interface Client {
    /** Begins a conversation over a new wire; the stream may still have a link on another. */
    Conversation dial(long now, int leniency);
  }

  /** What a server knows beyond its endpoints. */
  interface Server {
    Conversation accept(long now);

    /** The stream of {@code endpoint} is over: whoever asks for it is refused. */
    void forget(Endpoint endpoint);
  }

  /** One side of one wire. */
  interface Conversation {
    /** What the opening has to say, ahead of the link; taken by the call. */
    byte[] say();

    /** Reads what belongs to the opening; what belongs to the link stays in {@code input}. */
    void hear(ByteBuffer input, long now) throws ProtocolException;

    /** Whether the opening is over and further input belongs to the link. */
    boolean isOpen();

    /** Whether the server refused for good: at the client, the stream is gone. */
    boolean isRefused();

    /** The link, once there is one; a client's may exist, and speak, before the opening is over. */
    @Nullable Link link();

    /** The endpoint whose stream is carried, once known. */
    @Nullable Endpoint endpoint();
  }

  /** Checks what is written to one wire against the rules of the protocol. */
  interface Referee {
    /** {@code bytes} are about to be written by the client, or else by the server. */
    void written(boolean byClient, ByteBuffer bytes, @Nullable Endpoint writer);
  }
}

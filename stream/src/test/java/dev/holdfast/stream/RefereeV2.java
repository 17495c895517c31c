package dev.holdfast.stream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Follows both directions of one wire of resume v2: every frame is intact and within its bounds,
 * data goes on where it stopped, and a server begins where the client's hello says that it is.
 */
final class RefereeV2 implements Dialect.Referee {
  private final Side client = new Side();
  private final Side server = new Side();

  /** What one side has written and the referee has not understood yet. */
  private static final class Side {
    ByteBuffer unread = ByteBuffer.allocate(0);
    boolean greeted;
    long next;
    boolean refuses;

    void add(ByteBuffer bytes) {
      unread =
          ByteBuffer.allocate(unread.remaining() + bytes.remaining()).put(unread).put(bytes).flip();
    }
  }

  @Override
  public void written(boolean byClient, ByteBuffer bytes, @Nullable Endpoint writer) {
    Side side = byClient ? client : server;
    side.add(bytes);
    try {
      if (!side.greeted) {
        side.greeted = byClient ? hello(side) : answer(side);
      }
      while (side.greeted && frame(side)) {
        // Another one.
      }
    } catch (ProtocolException e) {
      throw new AssertionError("a side of ours breaks the protocol", e);
    }
  }

  private boolean hello(Side side) throws ProtocolException {
    return switch (HelloV2.read(side.unread)) {
      case null -> false;
      case HelloV2.Open hello -> true;
      case HelloV2.Resume hello -> {
        server.next = hello.position().received();
        yield true;
      }
    };
  }

  private static boolean answer(Side side) throws ProtocolException {
    return switch (AnswerV2.read(side.unread)) {
      case null -> false;
      case AnswerV2.Accepted answer -> true;
      case AnswerV2.Refused answer -> {
        side.refuses = true;
        yield true;
      }
    };
  }

  private static boolean frame(Side side) {
    ByteBuffer in = side.unread;
    if (in.remaining() < FrameV2.HEADER) {
      return false;
    }
    require(!side.refuses, "nothing follows a refusal");
    int from = in.position();
    int type = in.get(from);
    int length = in.getInt(from) & 0xffffff;
    require(length <= FrameV2.MOST_BODY, "memory stays below its bound");
    if (in.remaining() < FrameV2.HEADER + length) {
      return false;
    }
    require(FrameV2.isIntact(in, from, length), "every frame is intact");
    if (type == FrameV2.DATA) {
      long offset = in.getLong(from + FrameV2.HEADER);
      require(offset >= side.next, "nothing acknowledged is resent");
      side.next = offset + length - Long.BYTES;
    }
    in.position(from + FrameV2.HEADER + length);
    return true;
  }

  private static void require(boolean condition, String invariant) {
    if (!condition) {
      throw new AssertionError(invariant);
    }
  }
}

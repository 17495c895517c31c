package dev.holdfast.stream;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Fuzz target: a peer's frames. The first byte decides how the link began and what our side does,
 * the second how the rest is cut on its way; however it is cut, it must come to the same.
 */
public final class LinkV1Fuzz {
  private static final Chunks CHUNKS = new Chunks(1 << 28);

  private LinkV1Fuzz() {}

  /** One input. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length < 2) {
      return;
    }
    String whole = play(data, Integer.MAX_VALUE);
    String cut = play(data, 1 + (data[1] & 0xff));
    String bytes = play(data, 1);
    if (!whole.equals(cut) || !whole.equals(bytes)) {
      throw new IllegalStateException(whole + " or " + cut + " or " + bytes);
    }
  }

  private static String play(byte[] data, int piece) {
    int mode = data[0];
    Endpoint endpoint = new Endpoint(CHUNKS, new Window());
    LinkV1 link = LinkV1.first(endpoint, CHUNKS, 1, new byte[0], 0);
    endpoint.write(ByteBuffer.wrap(new byte[mode & 0x3f]));
    Wrote.all(link, 0);
    if ((mode & 0x40) != 0) {
      link = LinkV1.resumed(endpoint, CHUNKS, 1, new byte[0], 0);
      Wrote.all(link, 0);
    }
    if ((mode & 0x80) != 0) {
      endpoint.finish();
      Wrote.all(link, 0);
    }
    String outcome = feed(endpoint, link, ByteBuffer.wrap(data).position(2), piece);
    check(endpoint, data.length);
    String state = outcome + state(endpoint);
    endpoint.reset(new End(End.Reason.CLOSED, "done"));
    Wrote.all(link, 0);
    endpoint.detach(link);
    if (endpoint.readable() != null) {
      endpoint.consume((int) endpoint.unreadBytes());
    }
    if (CHUNKS.lent() != 0) {
      throw new IllegalStateException(CHUNKS.lent() + " bytes are still lent");
    }
    return state;
  }

  private static String feed(Endpoint endpoint, LinkV1 link, ByteBuffer all, int piece) {
    ByteBuffer input = all.slice().limit(0);
    try {
      do {
        input.limit((int) Math.min(input.capacity(), (long) input.limit() + piece));
        for (ByteBuffer data; (data = link.receive(input, 0)) != null; ) {
          endpoint.keep(data);
        }
      } while (input.limit() < input.capacity() && !link.isOver());
      return "taken, ";
    } catch (ProtocolException e) {
      return e.getMessage() + ", ";
    }
  }

  private static void check(Endpoint endpoint, int length) {
    boolean isSound =
        endpoint.receivedBytes() <= length
            && endpoint.acked() <= endpoint.sent()
            && endpoint.unreadBytes() <= endpoint.receivedBytes();
    if (!isSound) {
      throw new IllegalStateException("impossible: " + state(endpoint));
    }
  }

  private static String state(Endpoint endpoint) {
    ByteBuffer kept = endpoint.readable();
    return "received "
        + endpoint.receivedBytes()
        + sum(kept)
        + " acked "
        + endpoint.acked()
        + " end "
        + endpoint.end().map(End::reason)
        + " complete "
        + endpoint.isComplete();
  }

  private static int sum(@Nullable ByteBuffer bytes) {
    return bytes == null ? 0 : bytes.hashCode();
  }
}

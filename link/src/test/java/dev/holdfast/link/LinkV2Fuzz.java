package dev.holdfast.link;

import dev.holdfast.stream.Chunks;
import dev.holdfast.stream.Endpoint;
import dev.holdfast.stream.LinkV2;
import dev.holdfast.stream.Output;
import dev.holdfast.stream.ProtocolException;
import dev.holdfast.stream.Window;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * Fuzz target: a peer's frames. Chance does not find checksums, so they are put right wherever a
 * whole frame lies; damage is found by tests of their own.
 */
public final class LinkV2Fuzz {
  private static final int HEADER = 8;
  private static final long NOW = 1_000_000_000;
  private static final Chunks CHUNKS = new Chunks(1L << 30);

  private LinkV2Fuzz() {}

  /**
   * Fails if what frames lead to depends on their portions, if more is taken than was allowed, or
   * if memory is kept.
   */
  public static void fuzzerTestOneInput(byte[] bytes) {
    byte[] frames = withChecksums(bytes);
    String atOnce = outcome(frames, frames.length + 1);
    String bySingleBytes = outcome(frames, 1);
    if (!atOnce.equals(bySingleBytes)) {
      throw new AssertionError(bySingleBytes + " but in one portion " + atOnce);
    }
    if (CHUNKS.lent() != 0) {
      throw new AssertionError(CHUNKS.lent() + " bytes are still lent");
    }
  }

  private static byte[] withChecksums(byte[] bytes) {
    ByteBuffer frames = ByteBuffer.wrap(bytes.clone());
    for (int at = 0; at + HEADER <= frames.limit(); ) {
      int length = frames.getInt(at) & 0xffffff;
      if (length > frames.limit() - at - HEADER) {
        break;
      }
      CRC32C crc = new CRC32C();
      crc.update(frames.slice(at, 4));
      crc.update(frames.slice(at + HEADER, length));
      frames.putInt(at + 4, (int) crc.getValue());
      at += HEADER + length;
    }
    return frames.array();
  }

  /** Gives the frames to a side that has said five bytes, and tells everything that came of it. */
  private static String outcome(byte[] frames, int portion) {
    Endpoint endpoint = new Endpoint(CHUNKS, new Window());
    LinkV2 link = new LinkV2(endpoint, CHUNKS, true, 1, NOW);
    link.peerIsAt(new LinkV2.Position(0, 1 << 20), NOW);
    endpoint.write(ByteBuffer.wrap(Rig.ascii("hello")));
    drain(link);
    long limit = endpoint.writable();
    ByteArrayOutputStream delivered = new ByteArrayOutputStream();
    String error = "";
    try {
      receiveAll(link, endpoint, frames, portion, delivered);
    } catch (ProtocolException e) {
      error = String.valueOf(e.getMessage());
    }
    check(endpoint.receivedBytes() == delivered.size(), "bytes were lost");
    check(delivered.size() <= frames.length && limit >= 0, "bytes were made up");
    String outcome =
        HexFormat.of().formatHex(delivered.toByteArray())
            + " ended "
            + endpoint.inputEnded()
            + " early "
            + endpoint.end()
            + " unacknowledged "
            + endpoint.unackedBytes()
            + " error "
            + error;
    endpoint.detach(link);
    endpoint.reset(new dev.holdfast.stream.End(dev.holdfast.stream.End.Reason.CLOSED, "done"));
    return outcome;
  }

  private static void receiveAll(
      LinkV2 link, Endpoint endpoint, byte[] frames, int portion, ByteArrayOutputStream delivered)
      throws ProtocolException {
    ByteBuffer input = ByteBuffer.wrap(frames).limit(0);
    while (input.limit() < frames.length) {
      input.limit(Math.min(frames.length, input.limit() + portion));
      for (ByteBuffer data = link.receive(input, NOW);
          data != null;
          data = link.receive(input, NOW)) {
        byte[] some = new byte[data.remaining()];
        data.get(some);
        delivered.writeBytes(some);
        endpoint.keep(data);
      }
    }
  }

  private static void drain(LinkV2 link) {
    Output output = link.transmit(NOW);
    for (int i = 0; i < output.length(); i++) {
      ByteBuffer view = output.buffers()[output.offset() + i];
      view.position(view.limit());
    }
    link.wrote(NOW);
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}

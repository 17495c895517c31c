package dev.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Peers that mean no good: nothing but {@link ProtocolException}, and memory within its bounds. */
class HostileV1Test {
  private static final byte[] NONE = {};

  /** A bound on what one link may hold whatever its peer does: unread bytes, and a chunk begun. */
  private static final long UNREAD_MEMORY = LinkV1.UNREAD_BOUND + 3L * Chunks.LARGE;

  /** Bytes that a driver reads from its connection at once. */
  private static final int READ = 64 * 1024;

  private final Chunks chunks = new Chunks(1 << 26);
  private final Endpoint endpoint = new Endpoint(chunks, new Window());

  private void violates(String hex) {
    Chunks fresh = new Chunks(1 << 20);
    Endpoint victim = new Endpoint(fresh, new Window());
    victim.write(ByteBuffer.wrap(new byte[5]));
    LinkV1 link = LinkV1.first(victim, fresh, 1, NONE, 0);
    Wrote.all(link, 0);
    boolean refused = false;
    try {
      link.receive(ByteBuffer.wrap(VectorsV1.hex(hex)), 0);
    } catch (ProtocolException e) {
      refused = true;
      assertThat(e.getMessage()).as("tells no bytes of the peer").doesNotContain(hex);
    }
    assertThat(refused).as(hex).isTrue();
    assertThat(link.isOver()).as("the link ends").isTrue();
    assertThat(victim.end()).as("the stream lives").isEmpty();
    assertThat(victim.unackedBytes()).isEqualTo(5);
    assertThat(Wrote.all(link, 0)).isEmpty();
    victim.detach(link);
    LinkV1 next = LinkV1.resumed(victim, fresh, 1, NONE, 0);
    assertThat(VectorsV1.hex(Wrote.all(next, 0))).isEqualTo("00");
  }

  @Test
  void everyViolationEndsTheLinkAndNotTheStream() {
    violates("0600");
    violates("808080808080808001" + "00");
    violates("feffffffffffffffff01" + "00");
    violates("00" + "818008");
    violates("00" + "8080808010");
    violates("00" + "ffffffffffffffffff01");
    violates("05818008");
    violates("ffffffffffffffffff02");
    violates("80808080808080808080");
    violates("00" + "ffffffffffffffffff02");
    violates("00" + "8080808080808080808000");
  }

  @Test
  void everyTruncationOfAConversationOnlyWaits() throws ProtocolException {
    ByteBuffer whole = ByteBuffer.allocate(400);
    for (int i = 0; i < 3; i++) {
      Varint.put(whole, i);
      Varint.put(whole, 130 - i);
      whole.position(whole.position() + 130 - i);
    }
    byte[] bytes = new byte[whole.flip().remaining()];
    whole.get(bytes);
    for (int length = 0; length <= bytes.length; length++) {
      Endpoint victim = new Endpoint(chunks, new Window());
      victim.write(ByteBuffer.wrap(new byte[5]));
      LinkV1 link = LinkV1.first(victim, chunks, 1, NONE, 0);
      Wrote.all(link, 0);
      ByteBuffer input = ByteBuffer.wrap(bytes, 0, length);
      for (ByteBuffer data; (data = link.receive(input, 0)) != null; ) {
        victim.keep(data.position(data.limit()));
      }
      assertThat(link.isOver()).isFalse();
      assertThat(input.remaining()).as("at most a header waits").isLessThan(20);
      victim.reset(new End(End.Reason.CLOSED, "done"));
      victim.detach(link);
    }
    assertThat(chunks.lent()).isZero();
  }

  @Test
  void emptyFramesWithoutEndCostNothing() throws ProtocolException {
    LinkV1 link = LinkV1.first(endpoint, chunks, 1, NONE, 0);
    for (int i = 0; i < 1000; i++) {
      ByteBuffer input = ByteBuffer.allocate(64 * 1024);
      assertThat(link.receive(input, i)).isNull();
      assertThat(input.hasRemaining()).isFalse();
    }
    assertThat(chunks.lent()).isZero();
    assertThat(link.transmit(1000).isEmpty()).as("nobody answers them").isTrue();
  }

  @Test
  void aFloodOfTinyFramesIsBoundedByTheBytesInThem() throws ProtocolException {
    LinkV1 link = LinkV1.first(endpoint, chunks, 1, NONE, 0);
    int frames = 0;
    while (link.wantsInput()) {
      keepAll(link, ByteBuffer.wrap(new byte[] {0, 1, 'x'}));
      frames++;
    }
    assertThat(frames).isEqualTo(LinkV1.UNREAD_BOUND);
    assertThat(chunks.lent()).isLessThanOrEqualTo(UNREAD_MEMORY);
  }

  @Test
  void aFloodForAnApplicationThatDoesNotReadIsBounded() throws ProtocolException {
    LinkV1 link = LinkV1.first(endpoint, chunks, 1, NONE, 0);
    byte[] frame = new byte[4 + LinkV1.MOST_DATA];
    System.arraycopy(VectorsV1.hex("00808008"), 0, frame, 0, 4);
    int from = 0;
    int reads = 0;
    while (link.wantsInput()) {
      int length = Math.min(READ, frame.length - from);
      keepAll(link, ByteBuffer.wrap(frame, from, length));
      from = (from + length) % frame.length;
      assertThat(++reads).isLessThan(100);
    }
    assertThat(endpoint.unreadBytes()).isBetween(1L, LinkV1.UNREAD_BOUND + (long) READ);
    assertThat(chunks.lent()).isLessThanOrEqualTo(UNREAD_MEMORY);
  }

  private void keepAll(LinkV1 link, ByteBuffer input) throws ProtocolException {
    for (ByteBuffer data; (data = link.receive(input, 0)) != null; ) {
      endpoint.keep(data);
    }
  }

  @Test
  void aPeerThatAcknowledgesByteByByteGetsEverything() throws ProtocolException {
    LinkV1 link = LinkV1.first(endpoint, chunks, 1, NONE, 0);
    endpoint.write(ByteBuffer.wrap(new byte[100_000]));
    Wrote.all(link, 0);
    for (int i = 0; i < 100_000; i++) {
      link.receive(ByteBuffer.wrap(new byte[] {1, 0}), i);
    }
    assertThat(endpoint.isFlushed()).isTrue();
    assertThat(chunks.lent()).isZero();
  }

  @Test
  void randomBytesNeverDoMoreThanEndTheLink() {
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 20_000; round++) {
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      if (random.nextBoolean()) {
        for (int i = 0; i < bytes.length; i++) {
          bytes[i] &= (byte) 0x83;
        }
      }
      LinkV1Fuzz.fuzzerTestOneInput(bytes);
    }
  }
}

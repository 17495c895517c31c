package dev.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LinkV1Test {
  private static final byte[] NONE = {};
  private static final String CLOSE = "ffffffffffffffffff01";

  private final Chunks chunks = new Chunks(1 << 26);
  private final Endpoint endpoint = new Endpoint(chunks, new Window());
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();

  private LinkV1 first() {
    return LinkV1.first(endpoint, chunks, 1, NONE, 0);
  }

  private LinkV1 resumed(long now) {
    return LinkV1.resumed(endpoint, chunks, 1, NONE, now);
  }

  private void write(int bytes) {
    byte[] some = new byte[bytes];
    Arrays.fill(some, (byte) 'w');
    endpoint.write(ByteBuffer.wrap(some));
  }

  private ByteBuffer hear(Link link, String hex, long now) throws ProtocolException {
    return hear(link, ByteBuffer.wrap(VectorsV1.hex(hex)), now);
  }

  private ByteBuffer hear(Link link, ByteBuffer input, long now) throws ProtocolException {
    for (ByteBuffer data; (data = link.receive(input, now)) != null; ) {
      byte[] some = new byte[data.remaining()];
      data.get(some);
      received.writeBytes(some);
      endpoint.keep(data);
    }
    return input;
  }

  private static String said(Link link, long now) {
    return VectorsV1.hex(Wrote.all(link, now));
  }

  private static int remaining(Output output) {
    return Arrays.stream(output.buffers(), output.offset(), output.offset() + output.length())
        .mapToInt(ByteBuffer::remaining)
        .sum();
  }

  private static ByteBuffer frame(int acknowledged, int length) {
    ByteBuffer frame = ByteBuffer.allocate(20 + length);
    Varint.put(frame, acknowledged);
    Varint.put(frame, length);
    return frame.position(frame.position() + length).flip();
  }

  // ---- receiving ----

  @Test
  void deliversWhatHasArrivedOfAFrame() throws ProtocolException {
    LinkV1 link = first();
    ByteBuffer left = hear(link, "0003", 0);
    assertThat(left.hasRemaining()).isFalse();
    hear(link, "61", 0);
    assertThat(received.toByteArray()).asHexString().isEqualTo("61");
    hear(link, "6263", 0);
    assertThat(received.toByteArray()).asHexString().isEqualTo("616263");
    assertThat(endpoint.receivedBytes()).isEqualTo(3);
  }

  @Test
  void leavesPartOfAHeaderForLater() throws ProtocolException {
    LinkV1 link = first();
    assertThat(hear(link, "00c8", 0).remaining()).isEqualTo(2);
    assertThat(hear(link, "8000", 0).remaining()).isEqualTo(2);
    assertThat(hear(link, "ffffffffffffffffff", 0).remaining()).isEqualTo(9);
    assertThat(endpoint.end()).isEmpty();
  }

  @Test
  void keepsWhatTheApplicationDoesNotTakeUpToABound() throws ProtocolException {
    LinkV1 link = first();
    int frames = 0;
    while (link.wantsInput()) {
      ByteBuffer data = link.receive(frame(0, 1000), 0);
      if (data != null) {
        endpoint.keep(data);
      }
      frames++;
    }
    assertThat(frames).isEqualTo(LinkV1.UNREAD_BOUND / 1000 + 1);
    assertThat(endpoint.unreadBytes()).isEqualTo(frames * 1000L);
    endpoint.consume(2000);
    assertThat(link.wantsInput()).isTrue();
  }

  // ---- acknowledging ----

  @Test
  void aSmallAcknowledgementWaitsForDataToRideOn() throws ProtocolException {
    LinkV1 link = first();
    hear(link, "0002aabb", 0);
    assertThat(said(link, 0)).isEmpty();
    assertThat(link.wakeAt()).isEqualTo(LinkV1.ACK_DELAY);
    write(1);
    assertThat(said(link, 1)).isEqualTo("020177");
    assertThat(link.wakeAt()).isGreaterThan(LinkV1.ACK_DELAY);
  }

  @Test
  void aSmallAcknowledgementDoesNotWaitForEver() throws ProtocolException {
    LinkV1 link = first();
    hear(link, "0002aabb", 7);
    assertThat(said(link, 7 + LinkV1.ACK_DELAY - 1)).isEmpty();
    assertThat(said(link, 7 + LinkV1.ACK_DELAY)).isEqualTo("0200");
    assertThat(said(link, 9 + LinkV1.ACK_DELAY)).isEmpty();
  }

  @Test
  void muchIsAcknowledgedAtOnce() throws ProtocolException {
    LinkV1 link = first();
    hear(link, frame(0, LinkV1.ACK_EVERY - 1), 0);
    assertThat(said(link, 0)).isEmpty();
    hear(link, frame(0, 1), 0);
    assertThat(said(link, 0)).isEqualTo("80800400");
  }

  @Test
  void acknowledgementsCountFromTheOneBefore() throws ProtocolException {
    LinkV1 link = first();
    write(5);
    said(link, 0);
    hear(link, "0200", 0);
    assertThat(endpoint.unackedBytes()).isEqualTo(3);
    hear(link, "0300", 0);
    assertThat(endpoint.unackedBytes()).isZero();
    assertThatThrownBy(() -> hear(link, "0100", 0)).isInstanceOf(ProtocolException.class);
  }

  @Test
  void anAcknowledgementDuringAWriteLeavesItsBytesAlone() throws ProtocolException {
    LinkV1 link = first();
    write(10);
    Output output = link.transmit(0);
    ByteBuffer data = output.buffers()[output.offset() + 1];
    data.position(data.position() + 4);
    hear(link, "0400", 0);
    assertThat(endpoint.unackedBytes()).as("the batch still looks at them").isEqualTo(10);
    assertThat(chunks.lent()).isPositive();
    assertThat(said(link, 0)).as("the rest of the batch").isEqualTo("000a" + "77".repeat(6));
    assertThat(endpoint.unackedBytes()).isEqualTo(6);
  }

  @Test
  void anAcknowledgementCountsEvenIfItsLinkIsLostDuringAWrite() throws ProtocolException {
    LinkV1 link = first();
    write(10);
    link.transmit(0);
    hear(link, "0400", 0);
    endpoint.detach(link);
    assertThat(endpoint.unackedBytes()).isEqualTo(6);
  }

  // ---- framing ----

  @Test
  void headerAndDataAreOneBatch() {
    LinkV1 link = first();
    write(3);
    Output output = link.transmit(0);
    assertThat(output.length()).isEqualTo(2);
    assertThat(remaining(output)).isEqualTo(5);
  }

  @Test
  void theOpeningsReplyRidesOnTheFirstFrame() {
    write(3);
    LinkV1 link = LinkV1.first(endpoint, chunks, 1, new byte[] {9, 9}, 0);
    assertThat(remaining(link.transmit(0))).isEqualTo(2 + 2 + 3);
    assertThat(said(link, 0)).isEqualTo("0909" + "0003777777");
  }

  @Test
  void noFrameIsLongerThanAllowedWhateverIsWaiting() throws ProtocolException {
    LinkV1 link = first();
    write(40);
    said(link, 0);
    write(LinkV1.UNACKED_BOUND);
    ByteBuffer all = ByteBuffer.wrap(Wrote.all(link, 0));
    List<Long> lengths = new ArrayList<>();
    while (all.hasRemaining()) {
      number(all);
      long length = number(all);
      lengths.add(length);
      all.position(all.position() + (int) length);
    }
    assertThat(lengths).allMatch(it -> it > 0 && it <= LinkV1.MOST_DATA);
    assertThat(lengths).contains((long) LinkV1.MOST_DATA);
    assertThat(lengths.stream().mapToLong(it -> it).sum() + 40)
        .as("what is sent without an acknowledgement")
        .isEqualTo(LinkV1.UNACKED_BOUND);
  }

  private static long number(ByteBuffer input) throws ProtocolException {
    int length = Varint.length(input, input.position());
    long value = Varint.value(input, input.position(), length);
    input.position(input.position() + length);
    return value;
  }

  @Test
  void keepsABoundedNumberOfBytesForAPeerThatNeverAcknowledges() {
    LinkV1 link = first();
    for (int i = 0; i < 40; i++) {
      write(1 << 20);
      said(link, i);
    }
    assertThat(endpoint.unackedBytes()).isEqualTo(LinkV1.UNACKED_BOUND + Endpoint.AHEAD);
    assertThat(endpoint.writable()).isZero();
  }

  @Test
  void handsOverLittleAtOnceOnASlowPath() throws ProtocolException {
    LinkV1 link = first();
    write(1 << 20);
    long now = 0;
    assertThat(remaining(link.transmit(now))).isGreaterThan(Output.BATCH);
    said(link, now);
    int left = 1 << 20;
    for (int i = 0; i < 4; i++) {
      now += Timeline.SECOND;
      int some = Math.min(left, 1 << 18);
      hear(link, frame(some, 0), now);
      left -= some;
    }
    write(1 << 20);
    int first = remaining(link.transmit(now));
    assertThat(first).as("at 256 KiB a second").isBetween(8_000, 20_000);
  }

  // ---- positions ----

  @Test
  void sendingGoesOnWhereThePeerIs() throws ProtocolException {
    LinkV1 old = first();
    write(10);
    said(old, 0);
    endpoint.detach(old);
    LinkV1 link = resumed(0);
    assertThat(said(link, 0)).as("our position, and nothing before the peer's").isEqualTo("00");
    hear(link, "04", 0);
    assertThat(endpoint.unackedBytes()).isEqualTo(6);
    assertThat(said(link, 0)).isEqualTo("0006" + "77".repeat(6));
  }

  @Test
  void aPositionAheadOfWhatWasSentEndsTheStream() throws ProtocolException {
    LinkV1 old = first();
    write(10);
    said(old, 0);
    endpoint.detach(old);
    write(5);
    LinkV1 link = resumed(0);
    hear(link, "0b", 0);
    assertThat(endpoint.end().orElseThrow().reason()).isEqualTo(End.Reason.OUT_OF_STEP);
    assertThat(said(link, 0)).isEqualTo("00" + CLOSE);
    assertThat(link.isOver()).isTrue();
  }

  @Test
  void theCloseInPlaceOfAPositionEndsTheStream() throws ProtocolException {
    LinkV1 link = resumed(0);
    hear(link, CLOSE, 0);
    assertThat(endpoint.end().orElseThrow().reason()).isEqualTo(End.Reason.OUT_OF_STEP);
    assertThat(said(link, 0)).isEqualTo("00" + CLOSE);
  }

  @Test
  void aPositionFromBeforeTheLastAcknowledgementEndsTheLinkOnly() throws ProtocolException {
    LinkV1 old = first();
    write(10);
    said(old, 0);
    hear(old, "0500", 0);
    LinkV1 link = resumed(0);
    assertThatThrownBy(() -> hear(link, "04", 0)).isInstanceOf(ProtocolException.class);
    endpoint.detach(link);
    assertThat(endpoint.end()).isEmpty();
    LinkV1 next = resumed(0);
    hear(next, "05", 0);
    assertThat(said(next, 0)).isEqualTo("00" + "0005" + "77".repeat(5));
  }

  @Test
  void aPositionThatDoesNotComeEndsTheLink() {
    LinkV1 link = resumed(3);
    assertThat(said(link, 3)).isEqualTo("00");
    assertThat(link.wakeAt()).isEqualTo(3 + LinkV1.POSITION_TIMEOUT);
    assertThat(said(link, 2 + LinkV1.POSITION_TIMEOUT)).isEmpty();
    assertThat(link.isOver()).isFalse();
    assertThat(said(link, 3 + LinkV1.POSITION_TIMEOUT)).isEmpty();
    assertThat(link.isOver()).isTrue();
  }

  @Test
  void aFormerLinkIsInert() throws ProtocolException {
    LinkV1 old = first();
    write(3);
    LinkV1 link = resumed(0);
    assertThat(said(old, 0)).isEmpty();
    ByteBuffer late = hear(old, "000161", 0);
    assertThat(late.remaining()).as("not consumed").isEqualTo(3);
    assertThat(endpoint.receivedBytes()).isZero();
    assertThat(old.isOver()).isTrue();
    endpoint.detach(old);
    assertThat(endpoint.link()).contains(link);
  }

  @Test
  void aStreamBeginsOnce() throws ProtocolException {
    LinkV1 link = first();
    hear(link, "000161", 0);
    assertThatThrownBy(this::first).isInstanceOf(IllegalStateException.class);
  }

  // ---- time ----

  @Test
  void silenceIsSuspiciousOnlyWhileSomethingIsOutstanding() throws ProtocolException {
    LinkV1 link = first();
    assertThat(link.suspectAt()).isEqualTo(Long.MAX_VALUE);
    write(1);
    said(link, 5);
    assertThat(link.suspectAt()).as("round trip unknown").isEqualTo(5 + Outstanding.FIRST_PATIENCE);
    hear(link, "0100", 100);
    assertThat(link.suspectAt()).isEqualTo(Long.MAX_VALUE);
    assertThat(link.rttNanos()).isEqualTo(95);
    write(1);
    said(link, 200);
    assertThat(link.suspectAt()).isEqualTo(200 + Outstanding.LEAST_PATIENCE);
  }

  @Test
  void progressStartsTheWaitAnew() throws ProtocolException {
    LinkV1 link = first();
    link.roundTripWas(100 * Timeline.MILLI);
    write(2);
    said(link, 0);
    long patience = 4 * 100 * Timeline.MILLI + 4 * 50 * Timeline.MILLI;
    assertThat(link.suspectAt()).isEqualTo(patience);
    hear(link, "0100", 90 * Timeline.MILLI);
    assertThat(link.suspectAt()).isEqualTo(90 * Timeline.MILLI + patience);
  }

  @Test
  void leniencyMultipliesPatience() {
    LinkV1 link = LinkV1.first(endpoint, chunks, 8, NONE, 0);
    write(1);
    said(link, 0);
    assertThat(link.suspectAt()).isEqualTo(8 * Outstanding.FIRST_PATIENCE);
  }

  @Test
  void anIdleLinkIsKeptOpenByEmptyFrames() throws ProtocolException {
    LinkV1 link = first();
    assertThat(link.wakeAt()).isEqualTo(LinkV1.KEEP_ALIVE);
    hear(link, "0000", Timeline.SECOND);
    assertThat(link.wakeAt()).isEqualTo(LinkV1.KEEP_ALIVE + Timeline.SECOND);
    assertThat(said(link, LinkV1.KEEP_ALIVE)).isEmpty();
    assertThat(said(link, LinkV1.KEEP_ALIVE + Timeline.SECOND)).isEqualTo("0000");
    assertThat(link.wakeAt()).isEqualTo(2 * LinkV1.KEEP_ALIVE + Timeline.SECOND);
    assertThat(link.suspectAt()).as("nobody answers them").isEqualTo(Long.MAX_VALUE);
  }

  // ---- ends ----

  @Test
  void finishingClosesOnceEverythingIsAcknowledged() throws ProtocolException {
    LinkV1 link = first();
    write(3);
    endpoint.finish();
    assertThat(said(link, 0)).isEqualTo("0003777777");
    assertThat(endpoint.isFlushed()).isFalse();
    hear(link, "0300", 0);
    assertThat(said(link, 0)).isEqualTo(CLOSE);
    assertThat(link.isOver()).as("the peer ends the connection").isFalse();
    assertThat(link.suspectAt()).as("and is expected to").isNotEqualTo(Long.MAX_VALUE);
    link.connectionEnded();
    assertThat(endpoint.isComplete()).isTrue();
    assertThat(link.isOver()).isTrue();
    endpoint.detach(link);
    assertThat(chunks.lent()).isZero();
  }

  @Test
  void theCloseComesBehindALastAcknowledgement() throws ProtocolException {
    LinkV1 link = first();
    hear(link, "000161", 0);
    endpoint.finish();
    assertThat(said(link, 0)).isEqualTo("0100" + CLOSE);
    hear(link, "000162", 0);
    assertThat(said(link, LinkV1.ACK_DELAY)).as("nothing follows it").isEmpty();
    assertThat(link.wakeAt()).isEqualTo(Long.MAX_VALUE);
    assertThat(received.toByteArray())
        .as("input is still delivered")
        .asHexString()
        .isEqualTo("6162");
  }

  @Test
  void aCloseThatMayNotHaveArrivedIsRepeated() throws ProtocolException {
    LinkV1 link = first();
    endpoint.finish();
    assertThat(said(link, 0)).isEqualTo(CLOSE);
    endpoint.detach(link);
    assertThat(endpoint.isComplete()).isFalse();
    LinkV1 next = resumed(0);
    assertThat(said(next, 0)).isEqualTo("00");
    hear(next, "00", 0);
    assertThat(said(next, 0)).isEqualTo(CLOSE);
  }

  @Test
  void theEndOfAConnectionConfirmsNoCloseThatWasNotWritten() {
    LinkV1 link = first();
    endpoint.finish();
    link.transmit(0);
    link.connectionEnded();
    assertThat(endpoint.isComplete()).isFalse();
  }

  @Test
  void thePeersCloseEndsReadingBehindWhatWasReceived() throws ProtocolException {
    LinkV1 link = first();
    write(2);
    said(link, 0);
    ByteBuffer input = ByteBuffer.wrap(VectorsV1.hex("000161" + CLOSE + "00"));
    endpoint.keep(Objects.requireNonNull(link.receive(input, 0)));
    assertThat(link.receive(input, 0)).isNull();
    assertThat(link.isOver()).isTrue();
    assertThat(endpoint.end().orElseThrow().reason()).isEqualTo(End.Reason.CLOSED);
    assertThat(endpoint.writable()).isZero();
    assertThat(endpoint.inputEnded()).isFalse();
    assertThat(Objects.requireNonNull(endpoint.readable()).get()).isEqualTo((byte) 'a');
    endpoint.consume(1);
    assertThat(endpoint.inputEnded()).isTrue();
    assertThat(said(link, 0)).as("no close is sent back").isEmpty();
    assertThat(chunks.lent()).isZero();
  }

  @Test
  void thePeersCloseCompletesWhatWasFinishedAndAcknowledged() throws ProtocolException {
    LinkV1 link = first();
    write(1);
    said(link, 0);
    endpoint.finish();
    hear(link, "0100" + CLOSE, 0);
    assertThat(endpoint.isComplete()).isTrue();
    assertThat(endpoint.end()).isEmpty();
  }

  @Test
  void aResetIsToldAtOnceAndDropsWhatWaits() throws ProtocolException {
    LinkV1 link = first();
    hear(link, "000161", 0);
    write(100);
    endpoint.reset(new End(End.Reason.EVICTED, "The server needed the memory."));
    assertThat(said(link, 0)).isEqualTo("0100" + CLOSE);
    assertThat(link.isOver()).isTrue();
    endpoint.detach(link);
    assertThat(chunks.lent()).isZero();
  }

  @Test
  void aResetWithoutALinkIsToldOnTheNext() throws ProtocolException {
    LinkV1 link = first();
    write(100);
    said(link, 0);
    endpoint.detach(link);
    endpoint.reset(new End(End.Reason.EVICTED, "The server needed the memory."));
    LinkV1 next = resumed(0);
    assertThat(said(next, 0)).isEqualTo("00" + CLOSE);
    hear(next, "05", 0);
    assertThat(next.isOver()).isTrue();
    endpoint.detach(next);
    assertThat(chunks.lent()).isZero();
  }

  @Test
  void aPeerThatForgotAFinishedStreamHasItAll() throws ProtocolException {
    LinkV1 link = first();
    write(1);
    said(link, 0);
    hear(link, "0100", 0);
    endpoint.finish();
    endpoint.detach(link);
    endpoint.forgotten(new End(End.Reason.CLOSED, "gone"));
    assertThat(endpoint.isComplete()).isTrue();
    assertThat(endpoint.end()).isEmpty();
  }

  @Test
  void aPeerThatForgotAnUnfinishedStreamEndedIt() {
    LinkV1 link = first();
    write(1);
    said(link, 0);
    endpoint.finish();
    endpoint.detach(link);
    endpoint.forgotten(new End(End.Reason.CLOSED, "gone"));
    assertThat(endpoint.isComplete()).isFalse();
    assertThat(endpoint.end()).isPresent();
    assertThat(endpoint.endIsOurs()).isFalse();
  }
}

package dev.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What two ends of resume v2 do together: links lost, half-closes, ends, windows, memory. */
final class LinkV2Test {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
  private static final long SECOND = 1_000_000_000;

  private final PairV2 pair = PairV2.connected();
  private final PairV2.Side client = pair.client;
  private final PairV2.Side server = pair.server;

  @AfterEach
  void streamThatIsGivenUpLeavesNoMemory() {
    pair.lose();
    client.endpoint.reset(new End(End.Reason.CLOSED, "end of test"));
    server.endpoint.reset(new End(End.Reason.CLOSED, "end of test"));
    client.endpoint.discardReadable();
    server.endpoint.discardReadable();
    assertThat(pair.chunks.lent()).isZero();
  }

  @Test
  void bytesLostWithLinkComeOverTheNextOnce() throws Exception {
    client.write(HELLO);
    Wrote.all(client.link(), pair.now);
    pair.lose();
    client.write(HELLO);
    pair.connect();
    pair.settle();
    assertThat(server.delivered.toString(StandardCharsets.US_ASCII)).isEqualTo("hellohello");
    assertThat(client.endpoint.isFlushed()).isTrue();
  }

  @Test
  void bytesArrivedOfLostLinkAreNotSentAgain() throws Exception {
    client.write(HELLO);
    server.receive(Wrote.all(client.link(), pair.now));
    pair.lose();
    pair.connect();
    assertThat(Wrote.all(client.link(), pair.now)).isEmpty();
    assertThat(client.endpoint.isFlushed()).isTrue();
  }

  @Test
  void keyTypedDuringTheOutageTravelsWithTheHelloAndNoMoreThan16KiB() {
    pair.lose();
    byte[] much = new byte[100_000];
    client.write(much);
    byte[] early = Wrote.all(client.dial(), pair.now);
    assertThat(FrameBytes.types(early)).containsOnly(FrameV2.DATA);
    assertThat(early.length).isBetween(LinkV2.EARLY, LinkV2.EARLY + 64);
  }

  @Test
  void beforeTheAnswerThereAreNoPingsAcknowledgementsOrResets() throws Exception {
    server.write(HELLO);
    client.receive(Wrote.all(server.link(), pair.now));
    pair.lose();
    client.dial();
    client.endpoint.finish();
    pair.now += 10 * SECOND;
    assertThat(FrameBytes.types(Wrote.all(client.link(), pair.now)))
        .containsExactly(FrameV2.FINISH);
    client.endpoint.reset(new End(End.Reason.CLOSED, "bye"));
    assertThat(Wrote.all(client.link(), pair.now)).isEmpty();
    client.link().peerIsAt(new LinkV2.Position(0, Window.INITIAL), pair.now);
    assertThat(FrameBytes.types(Wrote.all(client.link(), pair.now))).containsExactly(FrameV2.RESET);
  }

  @Test
  void finishIsSentAgainUntilItIsAcknowledged() throws Exception {
    client.endpoint.finish();
    Wrote.all(client.link(), pair.now);
    pair.lose();
    pair.connect();
    pair.settle();
    assertThat(server.endpoint.inputEnded()).isTrue();
    assertThat(client.endpoint.isFlushed()).isTrue();
    pair.lose();
    pair.connect();
    assertThat(Wrote.all(client.link(), pair.now)).isEmpty();
  }

  @Test
  void streamIsCompleteWhenBothFinishedAndEverythingIsTaken() throws Exception {
    server.appetite = 0;
    client.write(HELLO);
    client.endpoint.finish();
    server.endpoint.finish();
    pair.settle();
    assertThat(client.endpoint.isComplete()).isTrue();
    assertThat(client.link().isOver()).isTrue();
    assertThat(server.endpoint.isComplete()).isFalse();
    server.read(5);
    assertThat(server.endpoint.isComplete()).isTrue();
  }

  @Test
  void resetDuringOutageIsToldOnTheNextLink() throws Exception {
    client.write(HELLO);
    server.receive(Wrote.all(client.link(), pair.now));
    server.write(HELLO);
    pair.lose();
    server.endpoint.reset(new End(End.Reason.EVICTED, "no room"));
    pair.connect();
    pair.settle();
    assertThat(client.endpoint.end().orElseThrow().reason()).isEqualTo(End.Reason.EVICTED);
    assertThat(server.link().isOver()).isTrue();
  }

  @Test
  void clientWhoseAcknowledgementsWereLostStillHearsThatItsStreamEnded() throws Exception {
    server.write(HELLO);
    client.receive(Wrote.all(server.link(), pair.now));
    server.write(HELLO);
    pair.lose();
    server.endpoint.reset(new End(End.Reason.TIMED_OUT, "too long"));
    pair.connect();
    pair.settle();
    assertThat(client.endpoint.end().orElseThrow().reason()).isEqualTo(End.Reason.TIMED_OUT);
  }

  @Test
  void resetDuringDeliveryIsToldAlthoughMoreDataFollows() throws Exception {
    client.write(HELLO);
    byte[] one = Wrote.all(client.link(), pair.now);
    client.write(HELLO);
    byte[] two = Wrote.all(client.link(), pair.now);
    byte[] both = FrameBytes.join(one, two);
    ByteBuffer input = ByteBuffer.allocateDirect(both.length).put(both).flip();
    ByteBuffer data = server.link().receive(input, pair.now);
    server.endpoint.reset(new End(End.Reason.CLOSED, "gone"));
    server.endpoint.keep(Objects.requireNonNull(data));
    assertThat(server.link().receive(input, pair.now)).isNull();
    assertThat(input.hasRemaining()).isFalse();
    client.receive(Wrote.all(server.link(), pair.now));
    assertThat(client.endpoint.end()).isPresent();
  }

  @Test
  void peerThatClaimsWhatWasNeverSentIsOutOfStepAndTold() throws Exception {
    client.write(HELLO);
    pair.lose();
    client.dial().peerIsAt(new LinkV2.Position(5, Window.INITIAL), pair.now);
    assertThat(client.endpoint.end().orElseThrow().reason()).isEqualTo(End.Reason.OUT_OF_STEP);
    assertThat(FrameBytes.types(Wrote.all(client.link(), pair.now))).containsExactly(FrameV2.RESET);
  }

  @Test
  void peerThatForgotWhatItAcknowledgedIsOutOfStep() throws Exception {
    client.write(HELLO);
    pair.settle();
    pair.lose();
    client.dial().peerIsAt(new LinkV2.Position(4, Window.INITIAL), pair.now);
    assertThat(client.endpoint.end().orElseThrow().reason()).isEqualTo(End.Reason.OUT_OF_STEP);
  }

  @Test
  void acknowledgedMemoryStaysWhileBatchWaitsToBeWritten() throws Exception {
    byte[] bytes = random(200_000);
    client.write(bytes);
    Output output = client.link().transmit(pair.now);
    ByteBuffer left = server.receive(written(output, output.length() / 2));
    client.receive(acknowledgement());
    assertThat(client.endpoint.unackedBytes()).isEqualTo(bytes.length);
    churn();
    byte[] begun = new byte[left.remaining()];
    left.get(begun);
    server.receive(FrameBytes.join(begun, written(output, output.length())));
    pair.settle();
    assertThat(server.delivered.toByteArray()).isEqualTo(bytes);
    assertThat(client.endpoint.unackedBytes()).isZero();
  }

  /** Writes the next {@code buffers} buffers, as a connection does that takes no more. */
  private byte[] written(Output output, int buffers) {
    ByteBuffer copy = ByteBuffer.allocate(1 << 20);
    for (int i = 0; i < buffers; i++) {
      copy.put(output.buffers()[output.offset() + i]);
    }
    client.link().wrote(pair.now);
    return Arrays.copyOf(copy.array(), copy.position());
  }

  private byte[] acknowledgement() {
    pair.now += LinkV2.ACK_DELAY;
    return Wrote.all(server.link(), pair.now);
  }

  /** Makes whatever was given back too early be overwritten. */
  private void churn() {
    for (int i = 0; i < 64; i++) {
      Chunks.Chunk chunk = pair.chunks.take(Chunks.LARGE);
      while (chunk.buffer.hasRemaining()) {
        chunk.buffer.put((byte) 0x55);
      }
      pair.chunks.give(chunk);
    }
  }

  @Test
  void slowReaderIsSentNoMoreThanItsWindow() throws Exception {
    server.appetite = 0;
    byte[] much = random(4 << 20);
    ByteBuffer source = ByteBuffer.wrap(much);
    for (int i = 0; i < 100; i++) {
      client.endpoint.write(source);
      pair.settle();
    }
    assertThat(server.endpoint.unreadBytes()).isEqualTo(Window.INITIAL);
    assertThat(client.endpoint.unackedBytes()).isEqualTo(Endpoint.AHEAD);
    for (int i = 0; i < 1000 && server.delivered.size() < much.length; i++) {
      server.read(100_000);
      client.endpoint.write(source);
      pair.settle();
    }
    assertThat(server.delivered.toByteArray()).isEqualTo(much);
  }

  @Test
  void acknowledgementOfKeyWaitsForItsEchoAndRidesWithIt() throws Exception {
    client.write(HELLO);
    server.receive(Wrote.all(client.link(), pair.now));
    assertThat(Wrote.all(server.link(), pair.now)).isEmpty();
    server.write(HELLO);
    assertThat(FrameBytes.types(Wrote.all(server.link(), pair.now)))
        .containsExactly(FrameV2.DATA, FrameV2.ACK);
    assertThat(server.link().wakeAt()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void silenceIsSuspectOnlyWhileSomethingIsAwaited() throws Exception {
    assertThat(client.link().suspectAt()).isEqualTo(Long.MAX_VALUE);
    client.write(HELLO);
    byte[] hello = Wrote.all(client.link(), pair.now);
    long due = client.link().suspectAt();
    assertThat(due - pair.now).isEqualTo(Outstanding.FIRST_PATIENCE);
    server.receive(hello);
    pair.settle();
    assertThat(client.link().suspectAt()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void idleClientPingsAfterOneSecondAndThenEverLessOften() throws Exception {
    long pause = LinkV2.FIRST_PAUSE;
    for (int i = 0; i < 8; i++) {
      assertThat(client.link().wakeAt() - pair.now).isEqualTo(pause);
      pair.now = client.link().wakeAt();
      byte[] ping = Wrote.all(client.link(), pair.now);
      assertThat(FrameBytes.types(ping)).containsExactly(FrameV2.PING);
      server.receive(ping);
      client.receive(Wrote.all(server.link(), pair.now));
      pause = Math.min(2 * pause, LinkV2.LONGEST_PAUSE);
    }
  }

  @Test
  void formerLinkIsInertOnceAnotherIsThere() throws Exception {
    client.write(HELLO);
    LinkV2 former = server.link();
    byte[] bytes = Wrote.all(client.link(), pair.now);
    pair.connect();
    ByteBuffer input = ByteBuffer.wrap(bytes);
    assertThat(former.receive(input, pair.now)).isNull();
    assertThat(Wrote.all(former, pair.now)).isEmpty();
    assertThat(former.isOver()).isTrue();
    assertThat(server.endpoint.receivedBytes()).isZero();
    server.endpoint.detach(former);
    assertThat(server.endpoint.link()).contains(server.link());
    pair.settle();
  }

  @Test
  void whatWasReadButNotTakenIsDroppedOnRequest() throws Exception {
    server.appetite = 2;
    client.write(HELLO);
    pair.settle();
    server.endpoint.discardReadable();
    assertThat(server.endpoint.unreadBytes()).isZero();
    pair.settle();
  }

  private static byte[] random(int bytes) {
    byte[] all = new byte[bytes];
    new Random(bytes).nextBytes(all);
    return all;
  }
}

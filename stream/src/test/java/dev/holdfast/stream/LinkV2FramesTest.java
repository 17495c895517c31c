package dev.holdfast.stream;

import static dev.holdfast.stream.FrameBytes.data;
import static dev.holdfast.stream.FrameBytes.frame;
import static dev.holdfast.stream.FrameBytes.join;
import static dev.holdfast.stream.FrameBytes.longs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Frames of a peer, right and wrong (PROTOCOL.resume-v2, section 5). */
final class LinkV2FramesTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);

  private final PairV2 pair = PairV2.connected();
  private final PairV2.Side server = pair.server;

  /** Each kind of frame, such that a fresh server may receive it. */
  static List<byte[]> frames() {
    return List.of(
        data(0, HELLO),
        frame(FrameV2.ACK, longs(0, 1 << 20)),
        frame(FrameV2.PING, longs(7)),
        frame(FrameV2.PONG, longs(7)),
        frame(FrameV2.FINISH, longs(0)),
        frame(FrameV2.RESET, new byte[] {0, 'b', 'y', 'e'}),
        frame(0x80, HELLO));
  }

  @ParameterizedTest
  @MethodSource("frames")
  void eachTruncationOfFrameWaitsForTheRest(byte[] frame) throws Exception {
    for (int length = 0; length < frame.length; length++) {
      PairV2.Side fresh = PairV2.connected().server;
      assertThat(fresh.receive(Arrays.copyOf(frame, length)).remaining()).isEqualTo(length);
      assertThat(fresh.endpoint.receivedEnd()).isZero();
      assertThat(fresh.endpoint.end()).isEmpty();
      assertThat(fresh.receive(frame).hasRemaining()).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("frames")
  void eachDamagedBitEndsTheLinkAndDeliversNothing(byte[] frame) {
    byte[] behind = new byte[FrameV2.MOST_BODY];
    for (int bit = 0; bit < 8 * frame.length; bit++) {
      byte[] damaged = frame.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      PairV2.Side fresh = PairV2.connected().server;
      assertThatThrownBy(() -> fresh.receive(join(damaged, behind)))
          .as("bit %d", bit)
          .isInstanceOf(ProtocolException.class);
      assertThat(fresh.delivered.size()).isZero();
      assertThat(fresh.endpoint.receivedEnd()).isZero();
      assertThat(fresh.endpoint.end()).isEmpty();
    }
  }

  @Test
  void bodiesThatAreTooShortEndTheLink() {
    for (int type = FrameV2.DATA; type <= FrameV2.RESET; type++) {
      int least = List.of(0, 8, 16, 8, 8, 8, 1).get(type);
      for (int length = 0; length < least; length++) {
        refuses(frame(type, new byte[length]));
      }
    }
  }

  @Test
  void whatIsBehindKnownBodyIsIgnored() throws Exception {
    server.receive(frame(FrameV2.ACK, join(longs(0, 1 << 20), HELLO)));
    server.receive(frame(FrameV2.PING, join(longs(9), HELLO)));
    assertThat(Wrote.all(server.link(), pair.now)).isEqualTo(frame(FrameV2.PONG, longs(9)));
  }

  @Test
  void unknownTypesAreSkippedFrom128OnAndEndTheLinkBelow() throws Exception {
    server.receive(frame(0xff, HELLO));
    refuses(frame(0, HELLO));
    refuses(frame(7, HELLO));
    refuses(frame(0x7f, HELLO));
  }

  @Test
  void frameLongerThanAnyEndsTheLinkByItsHeaderAlone() {
    byte[] header = Arrays.copyOf(frame(0xff, new byte[FrameV2.MOST_BODY + 1]), FrameV2.HEADER);
    refuses(header);
  }

  @Test
  void dataMustNotLeaveGap() throws Exception {
    refuses(data(1, HELLO));
    refuses(data(-1, HELLO));
    refuses(data(Long.MAX_VALUE, HELLO));
    server.receive(data(0, HELLO));
    refuses(data(6, HELLO));
  }

  @Test
  void dataReceivedAlreadyIsSkipped() throws Exception {
    server.receive(data(0, HELLO));
    server.receive(data(0, HELLO));
    server.receive(data(3, "lo, world".getBytes(StandardCharsets.US_ASCII)));
    assertThat(server.delivered.toString(StandardCharsets.US_ASCII)).isEqualTo("hello, world");
  }

  @Test
  void dataBeyondTheWindowEndsTheLinkAndUpToItIsTaken() throws Exception {
    server.appetite = 0;
    int offset = 0;
    for (; offset + 32 * 1024 <= Window.INITIAL; offset += 32 * 1024) {
      server.receive(data(offset, new byte[32 * 1024]));
    }
    refuses(data(offset, new byte[1]));
    assertThat(server.endpoint.unreadBytes()).isEqualTo(Window.INITIAL);
  }

  @Test
  void nothingMayBeAcknowledgedThatWasNotSent() throws Exception {
    server.write(HELLO);
    refuses(frame(FrameV2.ACK, longs(1, 0)));
    Wrote.all(server.link(), pair.now);
    refuses(frame(FrameV2.ACK, longs(6, 0)));
    refuses(frame(FrameV2.ACK, longs(-1, 0)));
    refuses(frame(FrameV2.ACK, longs(0, -1)));
    server.receive(frame(FrameV2.ACK, longs(5, 0)));
    assertThat(server.endpoint.isFlushed()).isTrue();
  }

  @Test
  void limitsNeverGoBack() throws Exception {
    long before = server.endpoint.writable();
    server.receive(frame(FrameV2.ACK, longs(0, 0)));
    assertThat(server.endpoint.writable()).isEqualTo(before);
  }

  @Test
  void peerWithoutAnyLimitDoesNotMakeUsKeepMoreThanTheBound() throws Exception {
    server.receive(frame(FrameV2.ACK, longs(0, Long.MAX_VALUE)));
    assertThat(server.endpoint.writable()).isEqualTo(Endpoint.UNACKED_BOUND + Endpoint.AHEAD);
  }

  @Test
  void finishComesBehindTheLastByteAndNothingBehindIt() throws Exception {
    refuses(frame(FrameV2.FINISH, longs(1)));
    server.receive(frame(FrameV2.FINISH, longs(0)));
    server.receive(frame(FrameV2.FINISH, longs(0)));
    assertThat(server.endpoint.inputEnded()).isTrue();
    refuses(data(0, HELLO));
    refuses(frame(FrameV2.FINISH, longs(1)));
  }

  @Test
  void textOfResetIsBoundAndHasNoControlCharacters() throws Exception {
    server.receive(
        frame(
            FrameV2.RESET,
            join(new byte[] {3}, "é\u001b[2J\n".repeat(500).getBytes(StandardCharsets.UTF_8))));
    End end = server.endpoint.end().orElseThrow();
    assertThat(end.reason()).isEqualTo(End.Reason.UNREACHABLE);
    assertThat(end.text().length()).isLessThanOrEqualTo(End.MOST_TEXT);
    assertThat(end.text()).doesNotContainPattern("\\p{Cntrl}");
  }

  @Test
  void randomBytesNeverDoMoreThanEndTheLink() {
    Random random = new Random(42);
    for (int round = 0; round < 20_000; round++) {
      byte[] frame = frames().get(random.nextInt(frames().size())).clone();
      byte[] body = Arrays.copyOfRange(frame, FrameV2.HEADER, frame.length);
      for (int i = random.nextInt(4); i > 0 && body.length > 0; i--) {
        body[random.nextInt(body.length)] = (byte) random.nextInt();
      }
      PairV2.Side fresh = PairV2.connected().server;
      try {
        fresh.receive(frame(random.nextInt(10), Arrays.copyOf(body, random.nextInt(40))));
      } catch (ProtocolException expected) {
        assertThat(fresh.endpoint.end()).isEmpty();
      }
      assertThat(fresh.endpoint.unreadBytes()).isLessThan(40);
    }
  }

  private void refuses(byte[] frames) {
    assertThatThrownBy(() -> server.receive(frames)).isInstanceOf(ProtocolException.class);
  }
}

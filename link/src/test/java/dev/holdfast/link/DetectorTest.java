package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.link.Detector.Kind;
import dev.holdfast.stream.HelloV2;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a client is, by each number of first bytes and each silence (PROTOCOL.resume-v2, 2). */
final class DetectorTest {
  private static final long NEVER = Long.MAX_VALUE;
  private static final byte[] V1 = Rig.ascii("SSH-2.0-\0teleport-resume-v1");

  /** What bytes are at once, when something is to be looked for, and what they are then. */
  private record Row(int bytes, Kind atOnce, long look, Kind then) {}

  /** The beginnings that both protocols and plain clients have in common. */
  private static final List<Row> COMMON =
      List.of(
          new Row(0, Kind.UNKNOWN, 500_000_000, Kind.PLAIN),
          new Row(1, Kind.UNKNOWN, 100_000_000, Kind.PLAIN),
          new Row(2, Kind.UNKNOWN, 100_000_000, Kind.PLAIN),
          new Row(3, Kind.UNKNOWN, 100_000_000, Kind.PLAIN),
          new Row(4, Kind.UNKNOWN, 100_000_000, Kind.PLAIN),
          new Row(5, Kind.UNKNOWN, 100_000_000, Kind.PLAIN),
          new Row(6, Kind.UNKNOWN, 100_000_000, Kind.PLAIN),
          new Row(7, Kind.PROBE, 100_000_000, Kind.PROBE),
          new Row(8, Kind.UNKNOWN, 30_000_000, Kind.V1_WAITING));

  @Test
  void commonBeginningsAreDecidedBySilence() {
    for (Row row : COMMON) {
      check(HelloV2.preface(), row);
      check(V1, row);
    }
  }

  @Test
  void zeroByteWaitsForTheWholeNameHoweverLong() {
    for (byte[] whole : List.of(HelloV2.preface(), V1)) {
      for (int bytes = 9; bytes < whole.length; bytes++) {
        check(whole, new Row(bytes, Kind.UNKNOWN, NEVER, Kind.UNKNOWN));
      }
    }
  }

  @Test
  void wholeNameIsEnough() {
    byte[] v2 = HelloV2.preface();
    check(v2, new Row(v2.length, Kind.V2, NEVER, Kind.V2));
    check(V1, new Row(V1.length, Kind.V1, NEVER, Kind.V1));
  }

  @Test
  void commentInAWholeLineAloneAsksAsWell() {
    assertThat(judge("SSH-2.0-Holdfast resume-v2\r\n")).isEqualTo(Kind.PROBE);
    assertThat(judge("SSH-2.0-x_1.0 resume-v2\r\n")).isEqualTo(Kind.PROBE);
    for (String plain :
        List.of(
            "SSH-2.0-Holdfast resume-v2\r\nKEXINIT",
            "SSH-2.0-Holdfast resume-v2\n",
            "SSH-2.0-Holdfast resume-v2",
            "SSH-2.0-Holdfast resume-v20\r\n",
            "SSH-2.0-Holdfast\r\n resume-v2\r\n",
            "SSH-2.0- resume-v2\r\n",
            "SSH-1.5-Holdfast resume-v2\r\n",
            "SSH-2.0-" + "x".repeat(300) + " resume-v2\r\n")) {
      assertThat(judge(plain)).as(plain).isEqualTo(Kind.PLAIN);
    }
  }

  private static Kind judge(String said) {
    return Detector.judge(ByteBuffer.wrap(Rig.ascii(said)), 0);
  }

  @Test
  void oneOtherByteAnywhereIsAPlainClient() {
    for (byte[] whole : List.of(HelloV2.preface(), V1)) {
      for (int at = 0; at < whole.length; at++) {
        byte[] other = whole.clone();
        other[at] ^= 1;
        check(other, new Row(at + 1, Kind.PLAIN, 0, Kind.PLAIN));
        check(other, new Row(whole.length, Kind.PLAIN, 0, Kind.PLAIN));
      }
    }
  }

  private static void check(byte[] whole, Row row) {
    ByteBuffer input = ByteBuffer.wrap(whole, 0, row.bytes);
    assertThat(Detector.judge(input, 0)).as("%s at once", row).isEqualTo(row.atOnce);
    if (row.atOnce == Kind.UNKNOWN) {
      assertThat(Detector.nextLook(input, 5)).isEqualTo(row.look == NEVER ? NEVER : row.look + 5);
      assertThat(Detector.judge(input, row.look - 1)).as("%s before", row).isEqualTo(row.atOnce);
    }
    assertThat(Detector.judge(input, row.look)).as("%s then", row).isEqualTo(row.then);
    assertThat(input.remaining()).isEqualTo(row.bytes);
  }
}

package dev.holdfast.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Tunnels, and processes of one proxy, between two versions that are neighbours. */
final class VersionSkewTest {
  private static final String NONCE = "00".repeat(32);
  private static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 51832);

  @Test
  void wordsBehindALineThatIsKnownAndLinesThatAreNotArePassedOver() throws Exception {
    assertThat(TunnelMessage.parse("beat web-id 0.2.0 env=test,zone=eu load=7 more"))
        .isEqualTo(new TunnelMessage.Beat("web-id", "0.2.0", Map.of("env", "test", "zone", "eu")));
    assertThat(TunnelMessage.parse("heard 192.0.2.1:3022 in 40ms"))
        .isEqualTo(new TunnelMessage.Heard("192.0.2.1:3022"));
    assertThat(TunnelMessage.parse("dial " + NONCE + " 192.0.2.7 51832 quic").line())
        .isEqualTo("dial " + NONCE + " 192.0.2.7 51832");
    assertThat(TunnelMessage.parse("dial " + NONCE + " 192.0.2.7 51832 ticket quic").line())
        .isEqualTo("dial " + NONCE + " 192.0.2.7 51832 ticket");
    assertThat(TunnelMessage.parse("failed " + NONCE + " no-route").line())
        .isEqualTo("failed " + NONCE);
    assertThat(TunnelMessage.parse("weather rain")).isEqualTo(new TunnelMessage.Other());
  }

  @Test
  void whatAnOlderVersionSaysIsRead() throws Exception {
    assertThat(TunnelMessage.parse("beat web-id 0.1.0 -"))
        .isEqualTo(new TunnelMessage.Beat("web-id", "0.1.0", Map.of()));
    assertThat(TunnelMessage.parse("heard -")).isEqualTo(new TunnelMessage.Heard(""));
  }

  @Test
  void aQuestionOfAnotherProcessIsTheSameByteForByteAndMayHaveMoreBehindIt() throws Exception {
    RoadQuestion question = new RoadQuestion("web1", new Traveller(CLIENT, true));
    byte[] older = HexFormat.of().parseHex("010004" + "77656231" + "04" + "c0000207" + "ca78");
    byte[] recorded = Arrays.copyOf(older, older.length + 1);
    recorded[older.length] = 1;
    assertThat(RoadQuestion.read(ByteBuffer.wrap(older)))
        .isEqualTo(new RoadQuestion("web1", new Traveller(CLIENT, false)));
    assertThat(question.encoded()).isEqualTo(ByteBuffer.wrap(recorded));
    assertThat(RoadQuestion.read(ByteBuffer.wrap(recorded))).isEqualTo(question);
    byte[] longer = Arrays.copyOf(recorded, recorded.length + 9);
    assertThat(RoadQuestion.read(ByteBuffer.wrap(longer))).isEqualTo(question);
  }
}

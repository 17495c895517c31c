package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who comes to the gate's port and is no usual SSH client: scanners, the silent, the slow. */
@Needs(Tool.SSHD)
final class StrangersTest {
  private static final int ANSWERS = 3;
  private static final int A_WHILE_MILLIS = 400;
  private static final String IDENTIFICATION = "SSH-2.0-Stranger_1.0\r\n";

  /** sshd's identification and, behind length and padding, SSH_MSG_KEXINIT (RFC 4253 6 and 7.1). */
  private static final Pattern FIRST_PACKET =
      Pattern.compile("(^|\n)SSH-2\\.0-OpenSSH_[^\r]*\r\n.{5}\u0014", Pattern.DOTALL);

  @RegisterExtension static final Site SITE = new Site();

  @Test
  void whoSaysNothingIsGreetedBySshd() throws IOException {
    try (RawClient past = new RawClient(SITE.sshd().address());
        RawClient through = new RawClient(SITE.gate().address())) {
      assertThat(through.line()).isEqualTo(past.line()).startsWith("SSH-2.0-OpenSSH_");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 7, 9, 12, 20, 21})
  void anIdentificationInTwoPiecesIsStillOne(int first) throws IOException {
    try (RawClient client = new RawClient(SITE.gate().address())) {
      client.send(IDENTIFICATION.substring(0, first)).pause(A_WHILE_MILLIS);
      client.send(IDENTIFICATION.substring(first));
      Await.until(
          () -> "sshd's first packet; heard: " + client.heard(),
          Command.USUAL_DEADLINE,
          () -> FIRST_PACKET.matcher(client.pause(20).heard()).find());
    }
  }

  /** The one cut that cannot be told from a client of resume v1, whose line sshd can't take on. */
  @Test
  void whoGoesOnPlainlyBehindTheLineOfV1IsLeftAtOnce() throws IOException {
    try (RawClient client = new RawClient(SITE.gate().address())) {
      client.send(IDENTIFICATION.substring(0, 8));
      assertThat(client.line()).startsWith("SSH-2.0-Teleport resume-v1 ").endsWith("\r\n");
      client.send(IDENTIFICATION.substring(8));
      assertThat(client.rest()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0d0a0d0a", // nmap: GenericLines
        "474554202f20485454502f312e300d0a0d0a", // GetRequest
        "4f5054494f4e53202f20525453502f312e300d0a0d0a", // RTSPRequest
        "80000028724cce7a00000000000000020001865a0000000100000000000000000000000000000000", // RPC
        "16030000530100004f0300", // the head of a TLS hello, broken off
        "0000000000000000000000000000000000000000000000000000000000000000",
        "5353482d312e352d6f6c640d0a", // SSH-1.5-old
        "5353482d322e30780d0a", // SSH-2.0x
        "5353482d322e302d0d0a", // SSH-2.0- and no name
        "5353482d322e302d00ffffffffffffffffffffffffffffffff0a", // binary behind it
      })
  void aProbeGetsTheAnswerThatSshdGives(String hex) throws IOException {
    byte[] probe = HexFormat.of().parseHex(hex);
    assertThat(wholeAnswer(SITE.gate().address(), probe))
        .isEqualTo(wholeAnswer(SITE.sshd().address(), probe));
  }

  @AfterAll
  static void theGateIsWellAfterwards() {
    assertThat(SITE.ssh(Route.DIRECT).exec("echo well").run().ok().output()).isEqualTo("well\n");
  }

  /** The longest of several: what a server that resets has said last may be lost on its way. */
  private static String wholeAnswer(InetSocketAddress server, byte[] probe) throws IOException {
    String longest = "";
    for (int i = 0; i < ANSWERS; i++) {
      String one = answer(server, probe);
      longest = one.length() > longest.length() ? one : longest;
    }
    return longest;
  }

  /** What the server says to the probe until it closes, or until the prober has left. */
  private static String answer(InetSocketAddress server, byte[] probe) throws IOException {
    try (RawClient client = new RawClient(server)) {
      try {
        client.send(probe).pause(A_WHILE_MILLIS).finish();
        client.rest();
      } catch (SocketException e) {
        // A reset is an end like any other; what came before it counts.
      }
      return client.heard();
    }
  }
}

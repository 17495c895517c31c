package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Between a client without resumption and the server behind it, the gate changes no byte. */
@Needs({Tool.SSH, Tool.SSHD})
final class UntouchedTest {
  private static final int DEADLINE_MILLIS = 15_000;

  @RegisterExtension static final Site SITE = new Site();

  @Test
  void theIdentificationStringsAreThoseOfClientAndServer() {
    assertThat(versions(SITE.ssh(Route.DIRECT)))
        .isEqualTo(versions(Ssh.to(SITE.sshd().address(), null)))
        .anyMatch(line -> line.contains("OpenSSH"));
  }

  @Test
  void theFirstPacketIsSshdsButForItsRandomBytes() throws IOException {
    assertThat(firstFlight(SITE.gate().address())).isEqualTo(firstFlight(SITE.sshd().address()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SSH-2.0-Plain_1\r\n", "SSH-2.0-", "GET / HTTP/1.0\r\n", "\0\0\0\0"})
  void everyByteAndBothEndsOfTheStreamPass(String start) throws Exception {
    byte[] up =
        (start + new String(Sample.bytes(300_000), StandardCharsets.ISO_8859_1))
            .getBytes(StandardCharsets.ISO_8859_1);
    byte[] down = Sample.bytes(400_000);
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        Gate gate = Gate.before((InetSocketAddress) server.getLocalSocketAddress());
        RawClient client = new RawClient(gate.address())) {
      server.setSoTimeout(DEADLINE_MILLIS);
      client.send(up).finish();
      try (Socket accepted = server.accept()) {
        assertThat(accepted.getInputStream().readAllBytes()).isEqualTo(up);
        accepted.getOutputStream().write(down);
      }
      assertThat(client.rest()).isEqualTo(down);
    }
  }

  @Test
  void aServerThatEndsFirstStillHearsTheClient() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        Gate gate = Gate.before((InetSocketAddress) server.getLocalSocketAddress());
        RawClient client = new RawClient(gate.address())) {
      server.setSoTimeout(DEADLINE_MILLIS);
      client.send("SSH-2.0-Plain_1\r\n");
      try (Socket accepted = server.accept()) {
        accepted.getOutputStream().write("bye\n".getBytes(StandardCharsets.US_ASCII));
        accepted.shutdownOutput();
        assertThat(client.rest()).asString().isEqualTo("bye\n");
        client.send("late").finish();
        assertThat(accepted.getInputStream().readAllBytes())
            .asString()
            .isEqualTo("SSH-2.0-Plain_1\r\nlate");
      }
    }
  }

  @Test
  void aClientThatResetsIsSoonGoneBehindTheGate() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
        Gate gate = Gate.before((InetSocketAddress) server.getLocalSocketAddress());
        RawClient client = new RawClient(gate.address())) {
      server.setSoTimeout(DEADLINE_MILLIS);
      client.send("SSH-2.0-Plain_1\r\n");
      try (Socket accepted = server.accept()) {
        accepted.setSoTimeout(DEADLINE_MILLIS);
        accepted.getInputStream().readNBytes(17);
        client.reset();
        assertThat(endOf(accepted)).isIn("end of stream", "reset");
      }
    }
  }

  private static String endOf(Socket socket) throws IOException {
    try {
      int b = socket.getInputStream().read();
      return b < 0 ? "end of stream" : "byte " + b;
    } catch (SocketException e) {
      return "reset";
    }
  }

  private static List<String> versions(Ssh ssh) {
    return ssh.ssh("-v", Ssh.HOST, "true")
        .run()
        .ok()
        .errors()
        .lines()
        .filter(line -> line.contains("version string") || line.contains("Remote protocol version"))
        .toList();
  }

  /** sshd's identification and its SSH_MSG_KEXINIT (RFC 4253 7.1), without cookie and padding. */
  private static String firstFlight(InetSocketAddress server) throws IOException {
    try (RawClient client = new RawClient(server)) {
      client.send("SSH-2.0-Raw_1\r\n");
      String identification = client.line();
      ByteBuffer head = ByteBuffer.wrap(client.bytes(5));
      int length = head.getInt();
      int padding = head.get();
      byte[] packet = client.bytes(length - 1);
      byte[] lists = Arrays.copyOfRange(packet, 17, packet.length - padding);
      return identification
          + length
          + ","
          + padding
          + ","
          + packet[0]
          + new String(lists, StandardCharsets.ISO_8859_1);
    }
  }
}

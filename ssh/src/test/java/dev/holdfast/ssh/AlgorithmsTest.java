package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is offered, read from the wire: SSH_MSG_KEXINIT (RFC 4253 7.1) is sent in the clear. */
@Timeout(20)
final class AlgorithmsTest {
  private static final String SERVER_KEY_EXCHANGES =
      "mlkem768x25519-sha256,sntrup761x25519-sha512,sntrup761x25519-sha512@openssh.com,"
          + "curve25519-sha256,curve25519-sha256@libssh.org";
  private static final String CLIENT_KEY_EXCHANGES =
      SERVER_KEY_EXCHANGES + ",ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521";
  private static final String CIPHERS =
      "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,"
          + "aes128-ctr,aes192-ctr,aes256-ctr";
  private static final String SERVER_MACS =
      "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com";
  private static final String CLIENT_MACS = SERVER_MACS + ",hmac-sha2-256,hmac-sha2-512";
  private static final String HOST_KEYS =
      "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,"
          + "sk-ssh-ed25519@openssh.com,sk-ecdsa-sha2-nistp256@openssh.com,"
          + "rsa-sha2-512,rsa-sha2-256";

  private static final String HOST_CERTIFICATES =
      "ssh-ed25519-cert-v01@openssh.com,ecdsa-sha2-nistp256-cert-v01@openssh.com,"
          + "ecdsa-sha2-nistp384-cert-v01@openssh.com,ecdsa-sha2-nistp521-cert-v01@openssh.com,"
          + "rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-256-cert-v01@openssh.com,";

  private final Pipe pipe = new Pipe();

  @Test
  void aServerOffersTheseAndNoOthers() throws Exception {
    try (Rig rig = new Rig(new CopyPrograms())) {
      rig.server.accept(pipe.server);
      pipe.client.write(ByteBuffer.wrap("SSH-2.0-test\r\n".getBytes(US_ASCII)));
      assertThat(offered(pipe.client))
          .containsExactly(
              SERVER_KEY_EXCHANGES + ",ext-info-s,kex-strict-s-v00@openssh.com",
              "ssh-ed25519",
              CIPHERS,
              CIPHERS,
              SERVER_MACS,
              SERVER_MACS,
              "none",
              "none",
              "",
              "");
    }
  }

  @Test
  void aClientOffersTheseAndNoOthers() throws Exception {
    try (Rig rig = new Rig(new CopyPrograms())) {
      Thread.startVirtualThread(() -> connectInVain(rig));
      assertThat(offered(pipe.server))
          .containsExactly(
              CLIENT_KEY_EXCHANGES + ",ext-info-c,kex-strict-c-v00@openssh.com",
              HOST_CERTIFICATES + HOST_KEYS,
              CIPHERS,
              CIPHERS,
              CLIENT_MACS,
              CLIENT_MACS,
              "none",
              "none",
              "",
              "");
    }
  }

  private void connectInVain(Rig rig) {
    try {
      rig.client.connect(pipe.client, rig.target());
    } catch (SshFailure e) {
      // No server is there; what the client said first is what the test is about.
    }
  }

  /** The ten name-lists of the first packet. */
  private static List<String> offered(Duplex stream) throws IOException {
    assertThat(line(stream))
        .isIn(ClientEngine.IDENTIFICATION + "\r\n", ServerEngine.IDENTIFICATION + "\r\n");
    int length = read(stream, 4).getInt();
    ByteBuffer packet = read(stream, length);
    assertThat(packet.position(1).get()).isEqualTo((byte) 20);
    packet.position(packet.position() + 16);
    List<String> lists = new ArrayList<>();
    while (lists.size() < 10) {
      byte[] list = new byte[packet.getInt()];
      packet.get(list);
      lists.add(new String(list, US_ASCII));
    }
    return lists;
  }

  private static String line(Duplex stream) throws IOException {
    StringBuilder line = new StringBuilder();
    while (line.indexOf("\n") < 0) {
      line.append((char) read(stream, 1).get());
    }
    return line.toString();
  }

  private static ByteBuffer read(Duplex stream, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining()) {
      assertThat(stream.read(bytes)).isPositive();
    }
    return bytes.flip();
  }
}

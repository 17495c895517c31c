package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** ssh-keyscan, which reads host keys and leaves in the middle of the handshake. */
@Needs({Tool.SSH, Tool.SSHD})
final class KeyscanTest {
  @RegisterExtension static final Site SITE = new Site();

  @Test
  void seesTheServersKeysAndIdentification() {
    String port = Integer.toString(SITE.gate().address().getPort());
    Outcome scan =
        Command.of("ssh-keyscan", "-p", port, "-t", "ed25519,ecdsa", "127.0.0.1").run().ok();
    assertThat(scan.output()).contains(keyOf("ssh-ed25519"), keyOf("ecdsa-sha2-nistp256"));
    assertThat(scan.errors()).contains("SSH-2.0-OpenSSH_");
  }

  private static String keyOf(String type) {
    String line = Keys.publicKey(type.equals("ssh-ed25519") ? Keys.HOST_ED25519 : Keys.HOST_ECDSA);
    return line.substring(0, line.lastIndexOf(' '));
  }
}

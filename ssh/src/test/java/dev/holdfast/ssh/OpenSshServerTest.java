package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.testkit.OpenSsh;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Our client against OpenSSH's sshd. */
@Timeout(120)
final class OpenSshServerTest {
  private static final int MEGABYTES_64 = 64 << 20;
  private static final String USER = System.getProperty("user.name");

  @TempDir Path directory;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final KeyPair userKey = SshKeys.generateEd25519();
  private final ClientEngine client = ClientEngine.start();
  private OpenSsh openSsh;
  private String hostKey;
  private OpenSsh.Sshd sshd;

  @BeforeEach
  void start() throws Exception {
    openSsh = new OpenSsh(directory);
    restart("ed25519");
  }

  private void restart(String hostKeyType, String... settings) throws Exception {
    stopServer();
    Path key = openSsh.key(hostKeyType);
    hostKey = OpenSsh.line(key);
    sshd = openSsh.sshd(key, SshKeys.line(userKey.getPublic()), settings);
  }

  @AfterEach
  void stop() {
    client.close();
    stopServer();
  }

  private void stopServer() {
    if (sshd != null) {
      sshd.close();
    }
  }

  @Test
  void aCommandGetsItsInputAndGivesItsOutputsAndStatus() throws Exception {
    try (ClientConnection connection =
        client.connect(new SocketDuplex(sshd.connect()), target(false))) {
      assertThat(exec(connection, "cat; echo oops >&2; exit 7", "some input"))
          .isEqualTo(new Exit.Status(7));
      assertThat(out.toString(UTF_8)).isEqualTo("some input");
      assertThat(err.toString(UTF_8)).isEqualTo("oops\n");
      assertThat(connection.serverIdentification()).startsWith("SSH-2.0-OpenSSH_");
    }
  }

  @Test
  void aKilledCommandTellsItsSignal() throws Exception {
    try (ClientConnection connection =
        client.connect(new SocketDuplex(sshd.connect()), target(false))) {
      assertThat(exec(connection, "kill -KILL $$", "")).isEqualTo(new Exit.Signal("KILL"));
    }
  }

  @Test
  void theFirstEightBytesMayHaveBeenSentAlready() throws Exception {
    SocketDuplex stream = new SocketDuplex(sshd.connect());
    stream.write(ByteBuffer.wrap("SSH-2.0-".getBytes(UTF_8)));
    try (ClientConnection connection = client.connect(stream, target(true))) {
      assertThat(exec(connection, "true", "")).isEqualTo(new Exit.Status(0));
    }
  }

  @Test
  void sixtyFourMegabytesComeBackUnchanged() throws Exception {
    try (ClientConnection connection =
        client.connect(new SocketDuplex(sshd.connect()), target(false))) {
      copyThrough(connection);
    }
  }

  @Test
  void keysMayBeRenewedByBothSidesAsOftenAsTheyLike() throws Exception {
    restart("ecdsa", "RekeyLimit 8M");
    try (ClientEngine often = ClientEngine.start(8 << 20);
        ClientConnection connection =
            often.connect(new SocketDuplex(sshd.connect()), target(false))) {
      copyThrough(connection);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ecdsa", "rsa"})
  void everyTypeOfHostKeyIsUnderstood(String type) throws Exception {
    restart(type);
    try (ClientConnection connection =
        client.connect(new SocketDuplex(sshd.connect()), target(false))) {
      assertThat(exec(connection, "true", "")).isEqualTo(new Exit.Status(0));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HostKeyAlgorithms ssh-rsa",
        "Ciphers aes128-cbc",
        "KexAlgorithms diffie-hellman-group14-sha1"
      })
  void aServerWithNothingButOldAlgorithmsIsRefused(String setting) throws Exception {
    restart("rsa", setting);
    assertThatThrownBy(() -> client.connect(new SocketDuplex(sshd.connect()), target(false)))
        .isInstanceOf(SshFailure.class);
  }

  @Test
  void aHostKeyThatIsNotExpectedIsRefused() throws Exception {
    Target other =
        new Target(
            USER, List.of(userKey), HostKeyCheck.only(userKey.getPublic()), false, Rig.PATIENCE);
    assertThatThrownBy(() -> client.connect(new SocketDuplex(sshd.connect()), other))
        .isInstanceOfSatisfying(
            SshFailure.class, e -> assertThat(e.kind()).isEqualTo(SshFailure.Kind.HOST_KEY));
  }

  @Test
  void aKeyThatIsNotAuthorizedIsRefused() throws Exception {
    Target other =
        new Target(USER, List.of(SshKeys.generateEd25519()), this::isHostKey, false, Rig.PATIENCE);
    assertThatThrownBy(() -> client.connect(new SocketDuplex(sshd.connect()), other))
        .isInstanceOfSatisfying(
            SshFailure.class, e -> assertThat(e.kind()).isEqualTo(SshFailure.Kind.AUTHENTICATION));
  }

  private void copyThrough(ClientConnection connection) throws Exception {
    InputStream bytes = CopyPrograms.bytes(MEGABYTES_64, 5);
    assertThat(connection.exec("cat", bytes, out, err)).isEqualTo(new Exit.Status(0));
    assertThat(sha256(new ByteArrayInputStream(out.toByteArray())))
        .isEqualTo(sha256(CopyPrograms.bytes(MEGABYTES_64, 5)));
  }

  private Target target(boolean prefixSent) {
    return new Target(USER, List.of(userKey), this::isHostKey, prefixSent, Rig.PATIENCE);
  }

  private boolean isHostKey(PublicKey key) {
    return SshKeys.line(key).equals(hostKey);
  }

  private Exit exec(ClientConnection connection, String command, String input)
      throws IOException, InterruptedException {
    return connection.exec(command, new ByteArrayInputStream(input.getBytes(UTF_8)), out, err);
  }

  private static String sha256(InputStream bytes) throws IOException {
    return CopyPrograms.copy(bytes, OutputStream.nullOutputStream());
  }
}

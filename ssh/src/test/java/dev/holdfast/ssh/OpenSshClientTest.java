package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.OpenSsh;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenSSH's ssh against our server. */
@Timeout(120)
final class OpenSshClientTest {
  private static final int MEGABYTES_64 = 64 << 20;

  /** As long as a line may be, and of the shape that a resuming server sends. */
  private static final String LONG_LINE =
      "SSH-2.0-Holdfast resume-v1 " + "A".repeat(87) + " " + "h".repeat(138);

  private static final List<String> KEY_EXCHANGES =
      List.of(
          "mlkem768x25519-sha256",
          "sntrup761x25519-sha512",
          "sntrup761x25519-sha512@openssh.com",
          "curve25519-sha256",
          "curve25519-sha256@libssh.org");

  @TempDir Path directory;
  private OpenSsh openSsh;
  private Path key;
  private ServerEngine server;
  private String hostKey;
  private Listener listener;

  @BeforeEach
  void start() throws Exception {
    openSsh = new OpenSsh(directory);
    key = openSsh.key("ed25519");
    startServer(key, new CopyPrograms());
  }

  private void startServer(Path acceptedKey, Programs programs) throws Exception {
    var host = SshKeys.generateEd25519();
    String accepted = OpenSsh.line(acceptedKey);
    hostKey = SshKeys.line(host.getPublic());
    server =
        ServerEngine.start(
            List.of(host), (login, offered) -> SshKeys.line(offered).equals(accepted), programs);
    listener = new Listener(server::accept);
  }

  @AfterEach
  void stop() throws Exception {
    if (listener != null) {
      listener.close();
      server.close();
    }
  }

  @Test
  void aCommandGetsItsInputAndGivesItsOutputAndStatus() throws Exception {
    OpenSsh.Ended ended = ssh(List.of(), "some input", "echo");
    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.text()).isEqualTo("some input");
    assertThat(ssh(List.of(), "", "no such thing").status()).isEqualTo(255);
  }

  @Test
  void sixtyFourMegabytesArriveUnchangedEachWay() throws Exception {
    OpenSsh.Ended up =
        openSsh.ssh(
            listener.port(), hostKey, key, List.of(), CopyPrograms.bytes(MEGABYTES_64, 1), "sink");
    assertThat(up.text()).as(up.err()).isEqualTo(sha256(CopyPrograms.bytes(MEGABYTES_64, 1)));

    OpenSsh.Ended down = ssh(List.of(), "", "source " + MEGABYTES_64 + " 2");
    assertThat(down.out()).hasSize(MEGABYTES_64);
    assertThat(down.err()).isEqualTo(sha256(new ByteArrayInputStream(down.out())));
  }

  @Test
  void keysMayBeRenewedByBothSidesAsOftenAsTheyLike() throws Exception {
    listener.close();
    server.close();
    var host = SshKeys.generateEd25519();
    hostKey = SshKeys.line(host.getPublic());
    server = ServerEngine.start(List.of(host), (login, any) -> true, new CopyPrograms(), 1 << 20);
    listener = new Listener(server::accept);
    OpenSsh.Ended down = ssh(List.of("-o", "RekeyLimit=1M"), "", "source " + MEGABYTES_64 + " 3");
    assertThat(down.status()).as(down.err()).isZero();
    assertThat(down.err()).isEqualTo(sha256(new ByteArrayInputStream(down.out())));
  }

  @Test
  void everyKeyExchangeThatSshKnowsTooWorks() throws Exception {
    List<String> known = new ArrayList<>(openSsh.lists("kex"));
    known.retainAll(KEY_EXCHANGES);
    assertThat(known).hasSizeGreaterThan(2);
    for (String algorithm : known) {
      assertThat(negotiated("-o", "KexAlgorithms=" + algorithm))
          .contains("kex: algorithm: " + algorithm);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "aes128-gcm@openssh.com",
        "aes256-gcm@openssh.com",
        "chacha20-poly1305@openssh.com",
        "aes128-ctr",
        "aes192-ctr",
        "aes256-ctr"
      })
  void everyCipherWorks(String algorithm) throws Exception {
    assertThat(negotiated("-o", "Ciphers=" + algorithm))
        .contains("kex: server->client cipher: " + algorithm);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com"})
  void everyMacWorks(String algorithm) throws Exception {
    assertThat(negotiated("-o", "Ciphers=aes128-ctr", "-o", "MACs=" + algorithm))
        .contains("MAC: " + algorithm);
  }

  @Test
  void strictKeyExchangeIsOn() throws Exception {
    assertThat(negotiated("-vv")).contains("kex-strict-s-v00@openssh.com");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Ciphers=aes128-cbc",
        "Ciphers=aes128-ctr MACs=hmac-sha1",
        "Ciphers=aes128-ctr MACs=hmac-sha2-256",
        "KexAlgorithms=ecdh-sha2-nistp256",
        "KexAlgorithms=diffie-hellman-group14-sha1",
        "KexAlgorithms=diffie-hellman-group14-sha256",
        "HostKeyAlgorithms=ssh-rsa"
      })
  void whatIsOldIsRefused(String settings) throws Exception {
    List<String> options = new ArrayList<>();
    for (String setting : settings.split(" ", -1)) {
      options.addAll(List.of("-o", setting));
    }
    OpenSsh.Ended ended = ssh(options, "", "echo");
    assertThat(ended.status()).isEqualTo(255);
    assertThat(ended.err()).contains("Unable to negotiate");
  }

  @Test
  void anRsaKeySignsWithSha2AndNotWithSha1() throws Exception {
    listener.close();
    server.close();
    key = openSsh.key("rsa");
    startServer(key, new CopyPrograms());
    assertThat(ssh(List.of(), "x", "echo").text()).isEqualTo("x");
    OpenSsh.Ended old = ssh(List.of("-o", "PubkeyAcceptedAlgorithms=ssh-rsa"), "", "echo");
    assertThat(old.status()).isEqualTo(255);
    assertThat(old.err()).contains("Permission denied");
  }

  @Test
  void anotherUserKeyIsRefused() throws Exception {
    key = openSsh.key("ecdsa");
    OpenSsh.Ended ended = ssh(List.of(), "", "echo");
    assertThat(ended.status()).isEqualTo(255);
    assertThat(ended.err()).contains("Permission denied (publickey)");
  }

  @Test
  void anIdentificationOfThisConnectionEntersTheKeyExchange() throws Exception {
    listener.close();
    listener = new Listener(stream -> server.accept(stream, new Identification(LONG_LINE, false)));
    assertThat(negotiated()).contains(LONG_LINE.substring(8));
  }

  @Test
  void anIdentificationThatWasSentAlreadyIsNotSentAgain() throws Exception {
    listener.close();
    listener =
        new Listener(stream -> {
          stream.write(ByteBuffer.wrap((LONG_LINE + "\r\n").getBytes(US_ASCII)));
          server.accept(stream, new Identification(LONG_LINE, true));
        });
    assertThat(negotiated()).contains(LONG_LINE.substring(8));
  }

  @Test
  void shellsAndSubsystemsAreAskedForByTheirNames() throws Exception {
    listener.close();
    server.close();
    startServer(
        key,
        (login, request) ->
            call -> {
              call.stdout().write(request.toString().getBytes(UTF_8));
              return 0;
            });
    assertThat(ssh(List.of(), "", "").text()).isEqualTo("Shell[]");
    assertThat(ssh(List.of("-s"), "", "backup").text()).isEqualTo("Subsystem[name=backup]");
  }

  @Test
  void theEnvironmentThatAClientMayAskForIsBounded() throws Exception {
    listener.close();
    server.close();
    startServer(
        key,
        (login, request) ->
            call -> {
              call.stdout().write(String.join(" ", call.environment().keySet()).getBytes(UTF_8));
              return 0;
            });
    String fits = "A=" + "x".repeat(SessionChannel.MOST_ENVIRONMENT - 1);
    assertThat(ssh(List.of("-o", "SetEnv=" + fits), "", "env").text()).isEqualTo("A");
    String tooMuch = fits + "x";
    assertThat(ssh(List.of("-o", "SetEnv=" + tooMuch), "", "env").text()).isEmpty();
  }

  @Test
  void nothingIsForwardedUnlessTold() throws Exception {
    OpenSsh.Ended ended = ssh(List.of("-W", "127.0.0.1:" + listener.port()), "", "");
    assertThat(ended.status()).isEqualTo(255);
    assertThat(ended.err()).contains("open failed");
  }

  /** What {@code ssh -v} tells about a connection that works. */
  private String negotiated(String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("-v"));
    all.addAll(List.of(options));
    OpenSsh.Ended ended = ssh(all, "x", "echo");
    assertThat(ended.text()).as(ended.err()).isEqualTo("x");
    return ended.err();
  }

  private OpenSsh.Ended ssh(List<String> options, String input, String command) throws Exception {
    InputStream stdin = new ByteArrayInputStream(input.getBytes(UTF_8));
    return openSsh.ssh(listener.port(), hostKey, key, options, stdin, command);
  }

  private static String sha256(InputStream bytes) throws Exception {
    return CopyPrograms.copy(bytes, OutputStream.nullOutputStream()) + "\n";
  }
}

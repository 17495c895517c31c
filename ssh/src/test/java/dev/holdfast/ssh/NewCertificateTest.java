package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.ssh.TrustedAuthorities.Verdict;
import dev.holdfast.testkit.OpenSsh;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that we sign, as OpenSSH and we ourselves see them. */
@Timeout(120)
final class NewCertificateTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");

  private final Instant now = Instant.now();
  @TempDir Path directory;
  private final KeyPair authority = SshKeys.generateEd25519();
  private final KeyPair user = SshKeys.generateEd25519();

  @Test
  void sshKeygenReadsEveryField() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("cert.pub"),
            certificate(Map.of("source-address", "127.0.0.0/8", "force-command", "id"))
                    .signedBy(authority)
                    .line()
                + "\n");
    Process keygen =
        new ProcessBuilder("ssh-keygen", "-L", "-f", file.toString())
            .redirectErrorStream(true)
            .start();
    String text = new String(keygen.getInputStream().readAllBytes(), UTF_8);
    assertThat(keygen.waitFor()).as(text).isZero();
    assertThat(text)
        .contains("Type: ssh-ed25519-cert-v01@openssh.com user certificate")
        .contains("Signing CA: ED25519 " + SshKeys.fingerprint(authority.getPublic()))
        .contains("Key ID: \"alice\"", "Serial: 18446744073709551615")
        .containsSubsequence("Principals:", "deploy", "me")
        .containsSubsequence("force-command id", "source-address 127.0.0.0/8")
        .containsSubsequence("Extensions:", "permit-port-forwarding", "permit-pty");
  }

  @Test
  void sshdLetsInWhomTheCertificateNames() throws Exception {
    OpenSsh openSsh = new OpenSsh(directory);
    Path key = openSsh.key("ed25519");
    Path hostKey = directory.resolve("host");
    HostKeyFiles.loadOrMakeEd25519(hostKey);
    Path trusted =
        Files.writeString(directory.resolve("trusted"), SshKeys.line(authority.getPublic()) + "\n");
    SshPublicKey own = key(OpenSsh.line(key));
    Path certificate = directory.resolve(key.getFileName() + "-cert.pub");
    String me = System.getProperty("user.name");
    try (OpenSsh.Sshd sshd =
        openSsh.sshd(hostKey, "", "TrustedUserCAKeys " + trusted, "LogLevel DEBUG")) {
      for (String principal : List.of(me, "nobody-else")) {
        NewCertificate made = certificate(own, List.of(principal), Map.of());
        Files.writeString(certificate, made.signedBy(authority).line() + "\n");
        OpenSsh.Ended ended =
            openSsh.ssh(
                sshd.port(),
                OpenSsh.line(hostKey),
                key,
                List.of("-l", me, "-o", "CertificateFile=" + certificate),
                InputStream.nullInputStream(),
                "echo in");
        if (principal.equals(me)) {
          assertThat(ended.text()).as(ended.err()).isEqualTo("in\n");
        } else {
          assertThat(ended.status()).isEqualTo(255);
          assertThat(ended.err()).contains("Permission denied (publickey");
        }
      }
    }
  }

  @Test
  void weBelieveOurOwnOnesOnlyAsTheyAre() throws Exception {
    SshPublicKey good = certificate(Map.of()).signedBy(authority);
    TrustedAuthorities believed =
        new TrustedAuthorities(Set.of(SshKeys.wire(authority.getPublic())));
    assertThat(believed.judge(good, NewCertificate.Kind.USER, now, HERE))
        .isInstanceOfSatisfying(
            Verdict.Good.class,
            it -> {
              assertThat(it.certified().id()).isEqualTo("alice");
              assertThat(it.certified().principals()).containsExactly("deploy", "me");
              assertThat(it.certified().permissions().pty()).isTrue();
              assertThat(it.certified().permissions().agentForwarding()).isFalse();
            });
    assertThat(believed.judge(good, NewCertificate.Kind.HOST, now, HERE))
        .isEqualTo(new Verdict.Bad("it is one for a user"));
    assertThat(believed.judge(good, NewCertificate.Kind.USER, now.plusSeconds(120), HERE))
        .isEqualTo(new Verdict.Bad("it is not valid yet, or not any more"));
    assertThat(new TrustedAuthorities(Set.of()).judge(good, NewCertificate.Kind.USER, now, HERE))
        .isEqualTo(new Verdict.Bad("its authority is not believed"));
    assertThat(believed.judge(SshKeys.wire(user.getPublic()), NewCertificate.Kind.USER, now, HERE))
        .isEqualTo(new Verdict.Bad("it is no certificate"));
    for (int i = good.blob().length - 1; i > 0; i -= 7) {
      byte[] changed = good.blob().clone();
      changed[i] ^= 1;
      assertThat(judge(believed, changed)).as("byte %d", i).isNotInstanceOf(Verdict.Good.class);
    }
  }

  private Object judge(TrustedAuthorities believed, byte[] blob) {
    try {
      return believed.judge(SshPublicKey.of(blob), NewCertificate.Kind.USER, now, HERE);
    } catch (MalformedKeyException e) {
      return e;
    }
  }

  @Test
  void aCertificateIsNeverAnAuthorityNorCertified() {
    SshPublicKey certificate = certificate(Map.of()).signedBy(authority);
    assertThatThrownBy(() -> new TrustedAuthorities(Set.of(certificate)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> certificate(certificate, List.of("me"), Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
    SshPublicKey own = SshKeys.wire(authority.getPublic());
    assertThatThrownBy(() -> certificate(own, List.of("me"), Map.of()).signedBy(authority))
        .hasMessage("the authority's own key is never certified");
    assertThatThrownBy(() -> certificate(own, List.of(), Map.of()))
        .as("no principals would mean all")
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theAgentHoldsACertificateWithItsKeyForItsTime() throws Exception {
    Path socket = directory.resolve("agent");
    Process agent =
        new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("agent.log").toFile())
            .start();
    try {
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(socket));
      SshPublicKey certificate = certificate(Map.of()).signedBy(authority);
      try (Agent connection = Agent.connect(socket)) {
        connection.add(user, certificate, "ours", Duration.ofHours(1));
        assertThat(connection.keys())
            .singleElement()
            .satisfies(it -> assertThat(SshKeys.wire(it)).isEqualTo(certificate));
        assertThat(connection.remove(certificate)).isTrue();
        assertThat(connection.remove(certificate)).isFalse();
        assertThat(connection.keys()).isEmpty();
      }
    } finally {
      agent.destroy();
    }
  }

  private NewCertificate certificate(Map<String, String> critical) {
    return certificate(SshKeys.wire(user.getPublic()), List.of("deploy", "me"), critical);
  }

  private NewCertificate certificate(
      SshPublicKey key, List<String> principals, Map<String, String> critical) {
    return new NewCertificate(
        NewCertificate.Kind.USER,
        key,
        -1,
        "alice",
        principals,
        now.minusSeconds(60),
        now.plusSeconds(60),
        new TreeMap<>(critical),
        List.of("permit-pty", "permit-port-forwarding"));
  }

  /** A key as it stands in a file. */
  private static SshPublicKey key(String line) throws MalformedKeyException {
    String[] words = line.split(" ", 3);
    return SshPublicKey.of(words[0], words[1]);
  }
}

package dev.holdfast.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.ssh.ClientEngine;
import dev.holdfast.ssh.HostKeyCheck;
import dev.holdfast.ssh.LoginPerson;
import dev.holdfast.ssh.OpenSsh;
import dev.holdfast.ssh.SshFailure;
import dev.holdfast.ssh.SshKeys;
import dev.holdfast.ssh.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Logging in to OpenSSH's sshd with what a configuration says: known hosts, files, an agent. */
@Timeout(120)
final class LoginTest {
  private static final String USER = System.getProperty("user.name");

  @TempDir Path directory;
  private final ClientEngine client = ClientEngine.start();
  private final List<String> prompts = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private Path key;
  private String hostKey;
  private OpenSsh.Sshd sshd;
  private Path known;

  @BeforeEach
  void start() throws Exception {
    OpenSsh openSsh = new OpenSsh(directory);
    Path host = openSsh.key("ecdsa");
    hostKey = OpenSsh.line(host);
    key = directory.resolve("id");
    run(Map.of(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "secret", "-f", key.toString());
    sshd = openSsh.sshd(host, OpenSsh.line(key));
    known = directory.resolve("known");
    Files.writeString(known, "[127.0.0.1]:" + sshd.port() + " " + hostKey + "\n");
  }

  @AfterEach
  void stop() {
    client.close();
    if (sshd != null) {
      sshd.close();
    }
  }

  @Test
  void aKeyInAFileIsUnlockedOnceAndOnlyWhenItIsTaken() throws Exception {
    Path refused = directory.resolve("refused");
    run(Map.of(), "ssh-keygen", "-q", "-t", "rsa", "-N", "other", "-f", refused.toString());
    login("IdentityAgent none", "IdentityFile " + refused, "IdentityFile " + key);
    assertThat(prompts).containsExactly("Enter passphrase for key '" + key + "': ");
  }

  @Test
  void anAgentIsAskedBeforeTheFiles() throws Exception {
    Path socket = directory.resolve("agent");
    Process agent =
        new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      Awaitility.await().until(() -> Files.exists(socket));
      Path plain = directory.resolve("plain");
      Files.copy(key, plain);
      run(Map.of(), "ssh-keygen", "-q", "-p", "-P", "secret", "-N", "", "-f", plain.toString());
      run(Map.of("SSH_AUTH_SOCK", socket.toString()), "ssh-add", "-q", plain.toString());
      login("IdentityAgent " + socket, "IdentityFile " + key);
      login("IdentityAgent " + socket, "IdentityFile " + key, "IdentitiesOnly yes");
      login("IdentityAgent " + socket, "IdentityFile " + directory.resolve("none"));
      assertThat(prompts).isEmpty();
      assertThatThrownBy(
              () -> login("IdentityAgent " + socket, "IdentityFile none", "IdentitiesOnly yes"))
          .isInstanceOf(SshFailure.class);
    } finally {
      agent.destroy();
    }
  }

  @Test
  void inBatchModeNobodyIsAskedForAPassphrase() {
    assertThatThrownBy(() -> login("IdentityAgent none", "IdentityFile " + key, "BatchMode yes"))
        .isInstanceOfSatisfying(
            SshFailure.class, e -> assertThat(e.kind()).isEqualTo(SshFailure.Kind.AUTHENTICATION));
    assertThat(prompts).isEmpty();
  }

  @Test
  void aKeyThatStaysLockedIsFollowedByTheNext() throws Exception {
    Path next = directory.resolve("next");
    run(Map.of(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", next.toString());
    Files.writeString(
        directory.resolve("authorized"), OpenSsh.line(key) + "\n" + OpenSsh.line(next) + "\n");
    login("BatchMode yes", "IdentityAgent none", "IdentityFile " + key, "IdentityFile " + next);
    assertThat(prompts).isEmpty();
  }

  @Test
  void aHostWhoseKeyHasChangedIsRefusedBeforeAnyKeyIsOffered() throws Exception {
    String other = SshKeys.line(SshKeys.generateEd25519().getPublic());
    Files.writeString(known, "[127.0.0.1]:" + sshd.port() + " " + other + "\n");
    assertThatThrownBy(() -> login("IdentityAgent none", "IdentityFile " + key))
        .isInstanceOfSatisfying(
            SshFailure.class, e -> assertThat(e.kind()).isEqualTo(SshFailure.Kind.HOST_KEY));
    assertThat(told).anyMatch(text -> text.contains("REMOTE HOST IDENTIFICATION HAS CHANGED"));
    assertThat(prompts).isEmpty();
  }

  private void login(String... options) throws IOException {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of("Port " + sshd.port(), "User " + USER, "UserKnownHostsFile " + known));
    all.addAll(List.of("GlobalKnownHostsFile none", "StrictHostKeyChecking yes"));
    ClientConfig config =
        ClientConfig.read(
            new ConfigQuery("127.0.0.1", all, Optional.of("none"), ""), Surroundings.ofProcess());
    WrittenPerson person = new WrittenPerson();
    try (Identities identities = Identities.of(config, this::passphrase, told::add)) {
      HostKeyCheck check = new KnownHostsCheck(config, "127.0.0.1", person);
      Target target =
          new Target(
              config.user(),
              Optional.of(identities),
              List.of(),
              LoginPerson.NOBODY,
              check,
              false,
              Duration.ofSeconds(30));
      client.connect(sshd.connect(), target).close();
    } finally {
      told.addAll(person.told);
    }
  }

  private char[] passphrase(String prompt) {
    prompts.add(prompt);
    return "secret".toCharArray();
  }

  private static void run(Map<String, String> environment, String... words) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out).isZero();
  }
}

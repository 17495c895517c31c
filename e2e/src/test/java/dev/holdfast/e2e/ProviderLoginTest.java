package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.testkit.IdentityProvider;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Somebody without a key logs in by an identity provider, with stock ssh and with {@code holdfast
 * login}, and has a certificate for sshd.
 */
@Needs({Tool.SSH, Tool.SSHD})
final class ProviderLoginTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path directory = Scratch.directory("provider");
  private final Path asked = directory.resolve("asked");
  private final Path key = directory.resolve("key");
  private final InetSocketAddress address = Ports.free();
  private IdentityProvider there;
  private Program auth;

  @BeforeEach
  void serve() throws IOException {
    there = new IdentityProvider();
    there.confirm(false);
    there.claim(Map.of("preferred_username", "bob", "groups", List.of("staff")));
    Path secret = Files.writeString(directory.resolve("secret"), "of-the-client\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    Path configuration =
        Files.writeString(
            directory.resolve("serve.yaml"),
            """
            auth:
              cluster: demo
              listen: %s
              state-dir: %s
              oidc:
                issuer: %s
                client-id: %s
                client-secret-file: %s
                create-users: yes
                roles: {staff: [operator]}
            """
                .formatted(
                    Ports.text(address),
                    directory.resolve("state"),
                    there.issuer(),
                    IdentityProvider.CLIENT,
                    secret));
    auth = Holdfast.command("serve", "--verbose", "--config", configuration.toString()).start();
    auth.awaitOutput("serving at ", PATIENCE);
    Path roles =
        Files.writeString(
            directory.resolve("roles.yaml"),
            """
            kind: role
            name: operator
            allow:
              logins: ['%s']
              nodes: {'*': '*'}
            """
                .formatted(Sshd.USER));
    admin("apply", roles.toString()).run().ok();
    Command.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()).run().ok();
  }

  @AfterEach
  void end() {
    auth.close();
    there.close();
  }

  @Test
  void stockSshShowsTheCodeAndGetsACertificateThatSshdTakes() throws IOException {
    Path request =
        Files.writeString(
            directory.resolve("request"),
            """
            {"jsonrpc":"2.0","id":1,"method":"certificate.issue","params":{"key":"%s"}}
            """
                .formatted(Files.readString(Path.of(key + ".pub")).strip()));
    Outcome answer = confirmed(ssh("-s", "bob@127.0.0.1", "holdfast-api").reading(request)).ok();
    Matcher certificate = Pattern.compile("\"certificate\":\"([^\"]+)\"").matcher(answer.output());
    assertThat(certificate.find()).as(answer.output()).isTrue();
    Files.writeString(Path.of(key + "-cert.pub"), certificate.group(1) + "\n");
    logsInToSshd(key);
    assertThat(auth.output() + auth.errors()).doesNotContain("eyJ", "the-device-code");
  }

  @Test
  void holdfastLoginShowsTheCodeAndLogsIn() throws IOException {
    Outcome outcome =
        confirmed(
                Holdfast.command("login", "--no-agent", "--pin", fingerprint(), "-u", "bob")
                    .plus("-i", key.toString(), Ports.text(address))
                    .with("XDG_CONFIG_HOME", directory.toString()))
            .ok();
    assertThat(outcome.output()).startsWith("Logged in to demo as bob until 20");
    logsInToSshd(directory.resolve("holdfast/profiles/demo/id"));
  }

  @Test
  void whoIsRefusedHearsWhyOnce() {
    there.answerFirst("access_denied");
    there.confirm(true);
    String sentence = "The log-in was denied at the identity provider; log in again";
    Outcome stock = asking(ssh("bob@127.0.0.1")).run().exited(255);
    assertThat(stock.errors()).containsOnlyOnce(sentence);
    there.answerFirst("access_denied");
    Outcome ours =
        asking(
                Holdfast.command("login", "--no-agent", "--pin", fingerprint(), "-u", "bob")
                    .plus("-i", key.toString(), Ports.text(address))
                    .with("XDG_CONFIG_HOME", directory.toString()))
            .run();
    assertThat(ours.exited(255).errors()).containsOnlyOnce(sentence);
    assertThat(asking(ssh("-t", "bob@127.0.0.1")).run().exited(1).errors())
        .contains("This is the cluster's auth service, which has no shells");
  }

  /** Runs it, and has the person confirm once the code is shown to him. */
  private Outcome confirmed(Command command) throws IOException {
    try (Program running = asking(command).start()) {
      Await.until("the code is shown", PATIENCE, () -> Files.exists(asked));
      there.confirm(true);
      Outcome outcome = running.await(PATIENCE);
      assertThat(Files.readString(asked))
          .contains(
              "Open %s/device and enter the code %s there, then press Enter: "
                  .formatted(there.issuer(), IdentityProvider.USER_CODE));
      return outcome;
    }
  }

  /** Whoever is asked something at it presses Enter. */
  private Command asking(Command command) {
    Path answers = directory.resolve("answers");
    try {
      Files.writeString(answers, "#!/bin/sh\necho \"$1\" >>'%s'\necho\n".formatted(asked));
      Files.setPosixFilePermissions(answers, PosixFilePermissions.fromString("rwx------"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    return command
        .with("SSH_ASKPASS", answers.toString())
        .with("SSH_ASKPASS_REQUIRE", "force")
        .with("SSH_AUTH_SOCK", "");
  }

  private Command ssh(String... words) {
    return Command.of("ssh", "-F", "none", "-i", key.toString(), "-o", "IdentitiesOnly=yes")
        .plus("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null")
        .plus("-p", "" + address.getPort())
        .plus(words);
  }

  private void logsInToSshd(Path with) throws IOException {
    Path trusted =
        Files.writeString(
            directory.resolve("trusted"),
            admin("authorities", "export", "user").run().ok().output());
    try (Sshd sshd = Sshd.trusting(trusted)) {
      Command in =
          Command.of("ssh", "-F", "none", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes")
              .plus("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null")
              .plus("-i", with.toString(), "-p", "" + sshd.address().getPort())
              .plus("-l", Sshd.USER, "127.0.0.1", "echo in");
      assertThat(in.run().ok().output()).isEqualTo("in\n");
      assertThat(sshd.log()).contains("ID bob (serial ");
    }
  }

  private Command admin(String... words) {
    return Holdfast.command("admin")
        .plus(words)
        .plus("--socket", directory.resolve("state").resolve("admin.sock").toString());
  }

  private String fingerprint() {
    String listed = admin("authorities", "ls", "-o", "json").run().ok().output();
    Matcher host =
        Pattern.compile("\"kind\":\"host\"[^}]*\"fingerprint\":\"([^\"]+)\"").matcher(listed);
    assertThat(host.find()).as(listed).isTrue();
    return host.group(1);
  }
}

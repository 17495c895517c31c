package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A cluster as its administrator and its users have it: {@code holdfast serve} with an auth
 * section, {@code holdfast admin} and {@code login}, and OpenSSH with the certificates, at a real
 * sshd and at a node.
 */
@Needs({Tool.SSH, Tool.SSHD})
final class ClusterTest {
  private static final Duration STARTED = Duration.ofSeconds(60);
  private static final Path STATE = Scratch.directory("auth");
  private static final InetSocketAddress ADDRESS = Ports.free();
  private static Program auth;

  private final Path directory = Scratch.directory("user");

  @BeforeAll
  static void serve() throws IOException {
    Path configuration =
        Files.writeString(
            STATE.resolve("serve.yaml"),
            """
            auth:
              cluster: demo
              listen: %s
              state-dir: %s
              audit-file: %s
            """
                .formatted(Ports.text(ADDRESS), STATE, STATE.resolve("audit.log")));
    auth = Holdfast.command("serve", "--verbose", "--config", configuration.toString()).start();
    auth.awaitOutput("serving at ", STARTED);
    Path roles =
        Files.writeString(
            STATE.resolve("roles.yaml"),
            """
            kind: role
            name: operator
            allow:
              logins: ['%s']
              nodes: {'*': '*'}
            options: {certificate_time: 1h, port_forwarding: false}
            """
                .formatted(Sshd.USER));
    assertThat(admin("apply", roles.toString()).run().ok().output())
        .isEqualTo("Set the role operator.\n");
    admin("users", "add", "alice", "--roles", "operator", "--key", Keys.CLIENT + ".pub").run().ok();
  }

  @AfterAll
  static void end() {
    auth.close();
  }

  @BeforeEach
  void logIn() {
    assertThat(
            login("--pin", fingerprint(), "-u", "alice", Ports.text(ADDRESS)).run().ok().output())
        .startsWith("Logged in to demo as alice until 20");
  }

  @AfterEach
  void unlock() {
    Matcher ids =
        Pattern.compile("\"id\":\"([0-9a-f]+)\"")
            .matcher(admin("locks", "ls", "-o", "json").run().ok().output());
    while (ids.find()) {
      admin("locks", "rm", ids.group(1)).run().ok();
    }
  }

  @Test
  void theCertificateLogsInToARealSshdThatTrustsTheAuthority() throws IOException {
    try (Sshd sshd = Sshd.trusting(trusted())) {
      assertThat(ssh(sshd.address(), "echo in").run().ok().output()).isEqualTo("in\n");
      assertThat(sshd.log()).contains("ID alice (serial ");
      Outcome forwarding =
          ssh(sshd.address(), "true", "-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:9")
              .run();
      assertThat(forwarding.exited(255).errors()).contains("remote port forwarding failed");
      Outcome other = ssh(sshd.address(), "true", "-l", "nobody").run();
      assertThat(other.exited(255).errors()).contains("Permission denied (publickey).");
    }
  }

  @Test
  void theCertificateLogsInToANodeThatTrustsTheAuthority() throws IOException {
    try (Node node = Node.trusting(trusted())) {
      assertThat(ssh(node.address(), "echo in").run().ok().output()).isEqualTo("in\n");
      assertThat(node.log()).contains("alice");
    }
  }

  @Test
  void whatTheUserKeepsIsHisAloneAndThereAreNoLinks() throws IOException {
    Path profile = directory.resolve("holdfast/profiles/demo");
    try (var files = Files.walk(directory.resolve("holdfast"))) {
      for (Path file : files.toList()) {
        assertThat(Files.isSymbolicLink(file)).isFalse();
        if (!file.endsWith("id.pub")) {
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
              .as("%s", file)
              .endsWith("------");
        }
      }
    }
    Outcome listing =
        Command.of("ssh-keygen", "-L", "-f", profile.resolve("id-cert.pub").toString()).run().ok();
    assertThat(listing.output())
        .contains("Type: ssh-ed25519-cert-v01@openssh.com user certificate")
        .contains("Key ID: \"alice\"")
        .containsSubsequence("Principals:", Sshd.USER, "Critical Options: (none)")
        .doesNotContain("permit-port-forwarding");
    assertThat(own("status").run().ok().output()).startsWith("demo: alice, valid until 20");
    assertThat(own("status", "--json").run().ok().output())
        .startsWith("{\"clusters\":[{\"cluster\":\"demo\"")
        .endsWith("],\"forwards\":[]}\n");
    assertThat(own("ssh-config").run().ok().output())
        .contains("Host *.demo")
        .contains("CertificateFile \"" + profile.resolve("id-cert.pub") + "\"");
    assertThat(own("logout").run().ok().output()).isEqualTo("Logged out of demo.\n");
    assertThat(profile).doesNotExist();
    assertThat(own("status").run().exited(1).output())
        .isEqualTo("You are not logged in to a cluster.\n");
  }

  @Test
  void refusalsAreSaidInOneSentence() {
    assertThat(own("ls").run().ok().output()).startsWith("NAME  STATE");
    assertThat(own("admin", "users", "ls", "--cluster", "demo").run().exited(255).errors())
        .isEqualTo(
            "holdfast: You may not call users.list; ask an administrator for a role with that"
                + " right.\n");
    admin("locks", "add", "user", "alice", "--reason", "lost laptop").run().ok();
    assertThat(own("ls").run().exited(255).errors())
        .contains("The user alice is locked: lost laptop");
    assertThat(login().run().exited(255).errors())
        .contains("The user alice is locked: lost laptop");
    assertThat(
            login("--pin", "SHA256:wrong", "-u", "alice", Ports.text(ADDRESS))
                .run()
                .exited(255)
                .errors())
        .contains(
            "is not the auth service that was meant: its authority is not the one that is"
                + " expected.");
    assertThat(admin("users", "rm", "nobody").run().exited(255).errors())
        .isEqualTo("holdfast: There is no user nobody.\n");
  }

  @Test
  void anInvitedPersonJoinsWithHisOwnKey() throws IOException {
    String token =
        admin("users", "invite", "bob", "--roles", "operator").run().ok().output().strip();
    Path key = directory.resolve("bobs");
    Command.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()).run().ok();
    Command join =
        own("login", "--no-agent", "-i", key.toString(), "--join", token, Ports.text(ADDRESS));
    assertThat(join.run().ok().output())
        .startsWith("You are bob in the cluster demo.\nLogged in to demo as bob until 20");
    assertThat(join.run().exited(255).errors())
        .isEqualTo("holdfast: This join token was used already; ask for a new one.\n");
    assertThat(Files.readString(STATE.resolve("audit.log")))
        .contains("\"event\":\"machine.join\",\"code\":\"T1009I\"")
        .contains("\"code\":\"T1009W\"")
        .doesNotContain(token.substring(token.indexOf('.', 13), token.lastIndexOf('.')));
  }

  @Test
  void theApiSpeaksToStockSsh() {
    Command ssh =
        Command.of("ssh", "-F", "none", "-i", Keys.CLIENT.toString(), "-o", "IdentitiesOnly=yes")
            .plus("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null")
            .plus("-p", "" + ADDRESS.getPort(), "-s", "alice@127.0.0.1", "holdfast-api");
    Path request = directory.resolve("request");
    try {
      Files.writeString(
          request,
          """
          {"jsonrpc":"2.0","id":1,"method":"self"}
          {"jsonrpc":"2.0","id":2,"method":"nonsense"}
          """);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    assertThat(ssh.reading(request).run().ok().output().lines())
        .satisfiesExactly(
            one ->
                assertThat(one)
                    .startsWith("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"cluster\":\"demo\""),
            other ->
                assertThat(other)
                    .isEqualTo(
                        "{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":-32601,\"message\":"
                            + "\"There is no method nonsense.\"}}"));
  }

  @Test
  void auditEventsAreFoundAndFollowed() {
    try (Program follow = admin("audit", "follow", "--event", "lock.set").start()) {
      // Until the follower is heard, its events would pass it by.
      Await.until(
          "an event that is followed",
          STARTED,
          () -> {
            admin("locks", "add", "node", "nothing").run().ok();
            return follow.output().contains("\"code\":\"T1011I\"");
          });
    }
    assertThat(admin("audit", "search", "--user", "alice", "--code", "T1001I").run().ok().output())
        .contains("\"event\":\"cert.create\"");
  }

  // ---- commands ----

  private static Command admin(String... words) {
    return Holdfast.command("admin")
        .plus(words)
        .plus("--socket", STATE.resolve("admin.sock").toString());
  }

  private Command own(String... words) {
    return Holdfast.command(words).with("XDG_CONFIG_HOME", directory.toString());
  }

  private Command login(String... words) {
    return own("login", "--no-agent", "-i", Keys.CLIENT.toString()).plus(words);
  }

  private static String fingerprint() {
    String listed = admin("authorities", "ls", "-o", "json").run().ok().output();
    Matcher host =
        Pattern.compile("\"kind\":\"host\"[^}]*\"fingerprint\":\"([^\"]+)\"").matcher(listed);
    assertThat(host.find()).as(listed).isTrue();
    return host.group(1);
  }

  private Path trusted() throws IOException {
    String keys = admin("authorities", "export", "user").run().ok().output();
    return Files.writeString(directory.resolve("trusted"), keys);
  }

  private Command ssh(InetSocketAddress to, String command, String... options) {
    Path profile = directory.resolve("holdfast/profiles/demo");
    Command ssh =
        Command.of("ssh", "-F", "none", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes")
            .plus("-i", profile.resolve("id").toString())
            .plus("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null")
            .plus("-p", "" + to.getPort())
            .plus(options);
    return (List.of(options).contains("-l") ? ssh : ssh.plus("-l", Sshd.USER))
        .plus("127.0.0.1", command);
  }
}

package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.ssh.Passwords;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Becoming another user; needs root. */
@Timeout(120)
final class UserTest {
  @TempDir Path directory;
  private ThrowAwayUser user;
  private NodeServer node;

  @BeforeEach
  void start() throws Exception {
    user = new ThrowAwayUser();
    user.unlock();
    node = new NodeServer(directory, SessionSettings.defaults());
  }

  @AfterEach
  void stop() throws Exception {
    if (node != null) {
      node.close();
    }
    if (user != null) {
      user.delete();
    }
  }

  private NodeServer.Ended ssh(List<String> options, String command) throws Exception {
    return node.ssh(user.name, NodeServer.nothing(), options, command);
  }

  private String says(String command) throws Exception {
    NodeServer.Ended ended = ssh(List.of(), command);
    assertThat(ended.status()).as(ended.err()).isZero();
    return ended.text().strip();
  }

  @Test
  void everyIdIsTheUsersAndThereIsNoWayBack() throws Exception {
    assertThat(says("id -nG")).isEqualTo(user.name + " games");
    String id = says("id -u");
    String group = says("id -g");
    assertThat(says("grep -E '^(Uid|Gid|Cap(Inh|Prm|Eff|Amb)):' /proc/self/status").lines())
        .containsExactly(
            ("Uid:" + "\t%s".repeat(4)).formatted(id, id, id, id),
            ("Gid:" + "\t%s".repeat(4)).formatted(group, group, group, group),
            "CapInh:\t0000000000000000",
            "CapPrm:\t0000000000000000",
            "CapEff:\t0000000000000000",
            "CapAmb:\t0000000000000000");
    assertThat(ssh(List.of(), "cat /etc/shadow").err()).contains("Permission denied");
  }

  @Test
  void homeShellAndLimitsAreTheUsers() throws Exception {
    assertThat(says("pwd; echo $HOME $SHELL $MAIL; umask; ulimit -Sn").lines())
        .containsExactly(
            "/home/" + user.name,
            "/home/" + user.name + " /bin/bash /var/mail/" + user.name,
            "0022",
            "1024");
  }

  @Test
  void theTerminalBelongsToTheUser() throws Exception {
    assertThat(ssh(List.of("-tt"), "stat -c '%U %G %a' $(tty)").text().strip())
        .isEqualTo(user.name + " tty 620");
  }

  @Test
  void aMissingHomeIsToldOfAndNoReasonNotToLogIn() throws Exception {
    user.change("usermod", "-d", "/no/such/home");
    NodeServer.Ended ended = ssh(List.of(), "pwd");
    assertThat(ended.text()).isEqualTo("/\n");
    assertThat(ended.err())
        .contains("Could not chdir to home directory /no/such/home: No such file or directory");
  }

  @Test
  void anAccountThatIsLockedOrExpiredIsRefused() throws Exception {
    user.change("usermod", "-p", "!x");
    assertThat(ssh(List.of(), "true"))
        .satisfies(ended -> assertThat(ended.status()).isEqualTo(254))
        .satisfies(ended -> assertThat(ended.err()).contains("This account is locked."));
    user.unlock();
    user.change("usermod", "-e", "2001-01-01");
    assertThat(ssh(List.of(), "true").err()).contains("This account has expired.");
  }

  /** Where logging in does not look at it; a node's rules refuse such an account. */
  @Test
  void aShellThatIsGoneIsToldOf() throws Exception {
    user.change("usermod", "-s", "/no/such/shell");
    NodeServer.Ended ended = ssh(List.of(), "true");
    assertThat(ended.status()).isEqualTo(1);
    assertThat(ended.err()).isEqualTo("/no/such/shell: No such file or directory\r\n");
    node.close();
    node =
        NodeServer.asSshd(
            Files.createDirectory(directory.resolve("b")),
            SessionSettings.defaults(),
            Passwords.NONE,
            "no-pty");
    assertThat(ssh(List.of(), "true").err()).contains("Permission denied (publickey)");
  }

  @Test
  void rcIsRunBeforeTheCommandUnlessForbidden() throws Exception {
    says("mkdir .ssh; echo 'echo rc as $USER' >.ssh/rc");
    assertThat(says("echo command")).isEqualTo("rc as " + user.name + "\ncommand");
    node.close();
    node =
        NodeServer.asSshd(
            Files.createDirectory(directory.resolve("b")),
            SessionSettings.defaults(),
            Passwords.NONE,
            "no-user-rc");
    assertThat(says("echo command")).isEqualTo("command");
  }

  @Test
  void aShellIsGreetedWithTheLastLoginUnlessHushed() throws Exception {
    assertThat(shell()).doesNotContain("Last login");
    assertThat(shell()).containsPattern("Last login: .* from 127.0.0.1");
    says("touch .hushlogin");
    assertThat(shell()).doesNotContain("Last login");
  }

  private String shell() throws Exception {
    return node.ssh(
            user.name,
            new java.io.ByteArrayInputStream(
                "exit\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)),
            List.of("-tt"))
        .text();
  }

  @Test
  void sessionsWithATerminalAreInTheRecords() throws Exception {
    ssh(List.of("-tt"), "true");
    await()
        .untilAsserted(() ->
            assertThat(NodeServer.run(NodeServer.nothing(), List.of("last", user.name)).text())
                .containsPattern(user.name + " +pts/\\d+ +127.0.0.1 .* - "));
  }

  @Test
  void pamOpensTheSessionBeforeAndClosesItBehind() throws Exception {
    Path log = directory.resolve("log");
    Path service = Path.of("/etc/pam.d", user.name);
    Path environment = Files.writeString(directory.resolve("environment"), "FROM_PAM=yes\n");
    Path script =
        Files.writeString(
            directory.resolve("note.sh"),
            "#!/bin/sh\necho $PAM_TYPE $PAM_USER $PAM_RHOST $(id -u) >>" + log + "\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();
    Files.writeString(
        service,
        """
        auth required pam_deny.so
        account required pam_permit.so
        session required pam_env.so envfile=%s
        session required pam_exec.so seteuid %s
        """
            .formatted(environment, script));
    try {
      node.close();
      node = withPam(user.name);
      assertThat(says("echo $FROM_PAM; id -un")).isEqualTo("yes\n" + user.name);
      await()
          .untilAsserted(() ->
              assertThat(log)
                  .hasContent(
                      "open_session %s 127.0.0.1 0\nclose_session %s 127.0.0.1 0"
                          .formatted(user.name, user.name)));
      assertThat(ssh(List.of(), "exit 17").status()).isEqualTo(17);
      assertThat(ssh(List.of("-v"), "kill -KILL $$").err()).contains("exit-signal");
      assertThat(ssh(List.of("-tt"), "tty; exit 3").status()).isEqualTo(3);
      Files.writeString(service, "account required pam_deny.so\nsession required pam_permit.so\n");
      NodeServer.Ended denied = ssh(List.of(), "echo in");
      assertThat(denied.text()).isEmpty();
      assertThat(denied.err()).contains("PAM does not let this login in (account: ");
      await().until(() -> node.sessions().running() == 0);
    } finally {
      Files.delete(service);
    }
  }

  private NodeServer withPam(String service) throws Exception {
    SessionSettings plain = SessionSettings.defaults();
    SessionSettings settings =
        new SessionSettings(Optional.of(service), true, true, true, plain.sftpServer());
    return new NodeServer(Files.createDirectory(directory.resolve("pam")), settings);
  }

  @Test
  void pamKnowsThePassword() throws Exception {
    Path service = Path.of("/etc/pam.d", user.name);
    Files.writeString(service, "auth required pam_unix.so nodelay\naccount required pam_unix.so\n");
    try {
      String hash =
          NodeServer.run(NodeServer.nothing(), List.of("openssl", "passwd", "-6", "right"))
              .text()
              .strip();
      user.change("usermod", "-p", hash);
      Pam pam = Pam.open(user.name, false);
      assertThat(pam.authenticate(user.name, "127.0.0.1", answering("right")))
          .isEqualTo(new Pam.Verdict.Accepted());
      assertThat(pam.authenticate(user.name, "127.0.0.1", answering("wrong")))
          .isInstanceOf(Pam.Verdict.Refused.class);
      assertThat(
              pam.authenticate(
                  user.name,
                  "127.0.0.1",
                  (shown, questions) -> {
                    throw new java.io.IOException("gone");
                  }))
          .isInstanceOf(Pam.Verdict.Refused.class);
      assertThat(pam.checkAccount(user.name, "127.0.0.1")).isEqualTo(new Pam.Verdict.Accepted());
      user.change("usermod", "-e", "2001-01-01");
      assertThat(pam.checkAccount(user.name, "127.0.0.1"))
          .isEqualTo(new Pam.Verdict.Refused("User account has expired"));
    } finally {
      Files.delete(service);
    }
  }

  private static Pam.Asker answering(String password) {
    return (shown, questions) -> {
      assertThat(questions).containsExactly(new Pam.Question("Password: ", false));
      return List.of(password);
    };
  }
}

package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logging in to a user's account by what PAM knows, with OpenSSH's ssh; needs root. */
@Timeout(120)
final class PamLoginTest {
  @TempDir Path directory;
  private ThrowAwayUser user;
  private Path service;
  private NodeServer node;

  @BeforeEach
  void start() throws Exception {
    user = new ThrowAwayUser();
    service = Path.of("/etc/pam.d", user.name);
    Files.writeString(
        service,
        """
        auth required pam_unix.so nodelay
        account required pam_unix.so
        session required pam_permit.so
        """);
    user.change("usermod", "-p", hash("right"));
    SessionSettings plain = SessionSettings.defaults();
    node =
        NodeServer.asSshd(
            directory,
            new SessionSettings(Optional.of(user.name), false, false, true, plain.sftpServer()),
            new PamPasswords(Pam.open(user.name, false)),
            "",
            "UsePAM",
            "yes",
            "PasswordAuthentication",
            "yes",
            "KbdInteractiveAuthentication",
            "yes",
            "MaxAuthTries",
            "3");
  }

  @AfterEach
  void stop() throws Exception {
    if (node != null) {
      node.close();
    }
    if (service != null) {
      Files.deleteIfExists(service);
    }
    if (user != null) {
      user.delete();
    }
  }

  private static String hash(String password) throws Exception {
    return NodeServer.run(NodeServer.nothing(), List.of("openssl", "passwd", "-6", password))
        .text()
        .strip();
  }

  @ParameterizedTest
  @ValueSource(strings = {"password", "keyboard-interactive"})
  void theRightPasswordOpensASessionOfTheUserAndAWrongOneDoesNot(String method) throws Exception {
    assertThat(login(method, "right").text()).isEqualTo(user.name + "\n");
    NodeServer.Ended wrong = login(method, "wrong");
    assertThat(wrong.status()).isEqualTo(255);
    assertThat(wrong.err()).contains("Permission denied");
  }

  @Test
  void anAccountThatHasExpiredIsRefusedByPasswordAndByKey() throws Exception {
    assertThat(byKey().text()).isEqualTo(user.name + "\n");
    user.change("usermod", "-e", "2001-01-01");
    assertThat(login("password", "right").err()).contains("Permission denied");
    assertThat(byKey().err()).contains("Permission denied");
  }

  @Test
  void whatAModuleSaysIsShownToWhoeverAnswersQuestions() throws Exception {
    Path notice = Files.writeString(directory.resolve("notice"), "Mind the step.\n");
    Files.writeString(
        service,
        """
        auth optional pam_echo.so file=%s
        auth required pam_unix.so nodelay
        account required pam_unix.so
        session required pam_permit.so
        """
            .formatted(notice));
    NodeServer.Ended ended = login("keyboard-interactive", "right");
    assertThat(ended.text()).isEqualTo(user.name + "\n");
    assertThat(ended.err()).contains("Mind the step.");
  }

  private NodeServer.Ended byKey() throws Exception {
    return node.ssh(user.name, NodeServer.nothing(), List.of(), "id -un");
  }

  private NodeServer.Ended login(String method, String password) throws Exception {
    Path asker = directory.resolve("asker");
    Files.writeString(asker, "#!/bin/sh\necho " + password + "\n");
    assertThat(asker.toFile().setExecutable(true)).isTrue();
    return NodeServer.run(
        NodeServer.nothing(),
        List.of(
            "env",
            "SSH_ASKPASS=" + asker,
            "SSH_ASKPASS_REQUIRE=force",
            "ssh",
            "-F",
            "none",
            "-p",
            Integer.toString(node.port()),
            "-o",
            "StrictHostKeyChecking=yes",
            "-o",
            "UserKnownHostsFile=" + directory.resolve("known"),
            "-o",
            "GlobalKnownHostsFile=none",
            "-o",
            "PubkeyAuthentication=no",
            "-o",
            "NumberOfPasswordPrompts=1",
            "-o",
            "PreferredAuthentications=" + method,
            user.name + "@127.0.0.1",
            "id -un"));
  }
}

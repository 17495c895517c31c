package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Passwords and questions, with OpenSSH's client, which gets the answers from a program. */
@Timeout(60)
final class PasswordLoginTest {
  private static final Passwords TWO_QUESTIONS =
      new Passwords() {
        @Override
        public boolean authenticate(Login login, Dialogue dialogue) throws IOException {
          Dialogue.Question question = new Dialogue.Question("Word: ", false);
          boolean right = dialogue.ask("", "", List.of(question)).equals(List.of("secret"));
          dialogue.ask("", "", List.of());
          return right;
        }

        @Override
        public boolean allows(Login login) {
          return true;
        }
      };

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"password", "keyboard-interactive"})
  void theRightAnswerGetsInAndAWrongOneDoesNot(String method) throws Exception {
    try (NodeRig rig = rig("yes")) {
      assertThat(ssh(rig, method, "me", "secret")).contains("Exec[command=x]");
      assertThat(ssh(rig, method, "me", "wrong")).contains("Permission denied");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"password", "keyboard-interactive"})
  void aNameWithoutAccountIsAskedTheSameAndTheRightAnswerDoesNotHelp(String method)
      throws Exception {
    try (NodeRig rig = rig("yes")) {
      assertThat(ssh(rig, method, "nobody-here", "secret").replace("nobody-here", "me"))
          .isEqualTo(ssh(rig, method, "me", "wrong"))
          .contains("Permission denied");
    }
  }

  @Test
  void rootGetsInByKeyOnlyUnlessItIsSaidOtherwise() throws Exception {
    try (NodeRig rig = rig("prohibit-password")) {
      boolean root = rig.account.user.isRoot();
      assertThat(ssh(rig, "password", "me", "secret").contains("Permission denied"))
          .isEqualTo(root);
    }
  }

  private NodeRig rig(String rootLogin) throws Exception {
    return new NodeRig(
        directory,
        TWO_QUESTIONS,
        "PermitRootLogin",
        rootLogin,
        "UsePAM",
        "yes",
        "PasswordAuthentication",
        "yes",
        "KbdInteractiveAuthentication",
        "yes");
  }

  private String ssh(NodeRig rig, String method, String user, String answer) throws Exception {
    Path asker = directory.resolve("asker");
    Files.writeString(asker, "#!/bin/sh\necho " + answer + "\n");
    Files.setPosixFilePermissions(asker, PosixFilePermissions.fromString("rwx------"));
    ProcessBuilder ssh =
        new ProcessBuilder(
            "ssh",
            "-F",
            "none",
            "-p",
            Integer.toString(rig.port()),
            "-o",
            "LogLevel=ERROR",
            "-o",
            "StrictHostKeyChecking=no",
            "-o",
            "UserKnownHostsFile=/dev/null",
            "-o",
            "PreferredAuthentications=" + method,
            "-o",
            "NumberOfPasswordPrompts=1",
            "-o",
            "PubkeyAuthentication=no",
            user + "@127.0.0.1",
            "x");
    ssh.environment().put("SSH_ASKPASS", asker.toString());
    ssh.environment().put("SSH_ASKPASS_REQUIRE", "force");
    Process process = ssh.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    process.waitFor();
    return said;
  }
}

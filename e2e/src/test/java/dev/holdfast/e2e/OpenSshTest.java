package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenSSH's ssh, scp and sftp: commands and copies. */
@ParameterizedClass
@EnumSource(Route.class)
@Needs({Tool.SSH, Tool.SSHD})
final class OpenSshTest {
  private static final int MEGABYTE = 1 << 20;

  @RegisterExtension static final Site SITE = new Site();

  private final Route route;

  OpenSshTest(Route route) {
    this.route = route;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 42, 254})
  void returnsTheExitStatusOfTheCommand(int status) {
    SITE.ssh(route).exec("exit " + status).run().exited(status);
  }

  @Test
  void reportsACommandThatDiedOfASignalAsWithoutTheGate() {
    Ssh past = Ssh.to(SITE.sshd().address(), null);
    int expected = past.exec("kill -TERM $$").run().status();
    SITE.ssh(route).exec("kill -TERM $$").run().exited(expected);
  }

  @Test
  void keepsOutputAndErrorsApart() {
    Outcome outcome = SITE.ssh(route).exec("echo out; echo err >&2").run().ok();
    assertThat(outcome.output()).isEqualTo("out\n");
    assertThat(outcome.errors()).isEqualTo("err\n");
  }

  @Test
  void carriesEveryByteValueBothWays() throws IOException {
    byte[] all = new byte[256 * 256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) (i % 256 + i / 256);
    }
    Path directory = Scratch.directory("pipe");
    Path sent = Files.write(directory.resolve("sent"), all);
    Path back = directory.resolve("back");
    SITE.ssh(route).exec("cat").reading(sent).writing(back).run().ok();
    assertThat(back).hasBinaryContent(all);
  }

  @Test
  void carriesAHundredMegabytesThroughCat() {
    Path directory = Scratch.directory("bulk");
    Path sent = Sample.write(directory.resolve("sent"), 100L * MEGABYTE, 1);
    Path back = directory.resolve("back");
    SITE.ssh(route).exec("cat").reading(sent).writing(back).run(Duration.ofMinutes(2)).ok();
    assertThat(Sample.sha256(back)).isEqualTo(Sample.sha256(sent));
  }

  @Test
  void tellsTheRemoteCommandTheEndOfItsInput() {
    try (Program ssh = SITE.ssh(route).exec("sort; echo end").start()) {
      ssh.type("b\na\n");
      ssh.closeInput();
      assertThat(ssh.await(Command.USUAL_DEADLINE).ok().output()).isEqualTo("a\nb\nend\n");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-s", "-O"})
  void scpCopiesThereAndBackOverSftpAndItsOldProtocol(String protocol) {
    Path directory = Scratch.directory("scp");
    Path sent = Sample.write(directory.resolve("sent"), 5L * MEGABYTE, 2);
    String there = Ssh.HOST + ":" + directory.resolve("there");
    Path back = directory.resolve("back");
    SITE.ssh(route).scp(protocol, "-q", sent.toString(), there).run().ok();
    SITE.ssh(route).scp(protocol, "-q", there, back.toString()).run().ok();
    assertThat(Sample.sha256(back)).isEqualTo(Sample.sha256(sent));
  }

  @Test
  void sftpRunsABatch() throws IOException {
    Path directory = Scratch.directory("sftp");
    Path sent = Sample.write(directory.resolve("sent"), 3L * MEGABYTE, 3);
    Path batch = directory.resolve("batch");
    Files.write(
        batch,
        List.of(
            "mkdir " + directory.resolve("made"),
            "put " + sent + " " + directory.resolve("made/there"),
            "rename " + directory.resolve("made/there") + " " + directory.resolve("made/moved"),
            "get " + directory.resolve("made/moved") + " " + directory.resolve("back")));
    SITE.ssh(route).sftp("-q", "-b", batch.toString(), Ssh.HOST).run().ok();
    assertThat(Sample.sha256(directory.resolve("back"))).isEqualTo(Sample.sha256(sent));
    assertThat(directory.resolve("made/there")).doesNotExist();
  }
}

package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The SSH libraries of Python, by their own proxy commands or at the gate's port. */
@ParameterizedClass
@EnumSource(names = {"DIRECT", "HELD", "HELD_NODE"})
@Needs(Tool.SSHD)
final class PythonClientsTest {
  @RegisterExtension static final Site SITE = new Site();

  private final Route route;

  private final Path directory = Scratch.directory("python");
  private final Path sent = Sample.write(directory.resolve("sent"), 2L << 20, 1);

  PythonClientsTest(Route route) {
    this.route = route;
  }

  @Test
  @Needs(Tool.PARAMIKO)
  void paramikoRunsCommandsAndCopiesFiles() {
    assertThat(run("with_paramiko.py").output())
        .contains(
            "server: SSH-2.0-" + route.software(),
            "output: out\n",
            "errors: err\n",
            "status: 42\n");
    assertCopied();
  }

  @Test
  @Needs(Tool.ASYNCSSH)
  void asyncsshRunsCommandsLearnsOfSignalsAndCopiesFiles() {
    assertThat(run("with_asyncssh.py").output())
        .contains(
            "server: SSH-2.0-" + route.software(),
            "output: out\n",
            "errors: err\n",
            "status: 42\n",
            "signal: TERM\n");
    assertCopied();
  }

  private Outcome run(String script) {
    String port = Integer.toString(SITE.address(route).getPort());
    Command command =
        Command.of(
            "/usr/bin/python3",
            "-W",
            "ignore",
            Sources.file("python", script).toString(),
            port,
            Sshd.USER,
            Keys.CLIENT.toString(),
            Keys.KNOWN_HOSTS.toString(),
            Keys.HOST_ALIAS,
            sent.toString(),
            directory.toString());
    return (route.isHeld() ? command.plus(Holdfast.proxyCommand("127.0.0.1", port)) : command)
        .run()
        .ok();
  }

  private void assertCopied() {
    assertThat(Sample.sha256(directory.resolve("back"))).isEqualTo(Sample.sha256(sent));
  }
}

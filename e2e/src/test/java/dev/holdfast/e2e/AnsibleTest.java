package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Ansible runs a module, with its usual pipelining over a shared connection that it keeps for a
 * while.
 */
@ParameterizedClass
@EnumSource(names = {"DIRECT", "HELD", "HELD_NODE"})
@Needs({Tool.SSH, Tool.SSHD, Tool.ANSIBLE})
final class AnsibleTest {
  @RegisterExtension static final Site SITE = new Site();

  private final Route route;

  private final Path directory = Scratch.directory("ansible");

  AnsibleTest(Route route) {
    this.route = route;
  }

  @Test
  void pings() throws IOException {
    Path inventory = directory.resolve("inventory");
    Files.writeString(
        inventory,
        Ssh.HOST
            + " ansible_python_interpreter=/usr/bin/python3 ansible_ssh_common_args='-F "
            + SITE.ssh(route).config()
            + "'\n");
    assertThat(ansible("-i", inventory.toString(), "-m", "ping", "all").ok().output())
        .contains("SUCCESS")
        .contains("\"ping\": \"pong\"");
    Path sample = Sample.write(directory.resolve("sample"), 1L << 20, 1);
    String copy = "src=" + sample + " dest=" + directory.resolve("there");
    ansible("-i", inventory.toString(), "-m", "copy", "-a", copy, "all").ok();
    assertThat(Sample.sha256(directory.resolve("there"))).isEqualTo(Sample.sha256(sample));
  }

  private Outcome ansible(String... arguments) {
    return Command.of("ansible")
        .plus(arguments)
        .with("ANSIBLE_HOME", directory.toString())
        .with("ANSIBLE_LOCAL_TEMP", directory.resolve("local").toString())
        .with("ANSIBLE_REMOTE_TEMP", directory.resolve("remote").toString())
        .with("ANSIBLE_SSH_CONTROL_PATH_DIR", directory.resolve("cp").toString())
        .with("ANSIBLE_SSH_ARGS", "-C -o ControlMaster=auto -o ControlPersist=3s")
        .run();
  }
}

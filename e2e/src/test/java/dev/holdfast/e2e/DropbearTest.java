package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Dropbear's client through the gate, and OpenSSH's client through a gate before Dropbear's server.
 */
@ParameterizedClass
@EnumSource(names = {"DIRECT", "HELD", "HELD_NODE"})
@Needs({Tool.DROPBEAR, Tool.SSH, Tool.SSHD})
final class DropbearTest {
  @RegisterExtension static final Site SITE = new Site();

  private final Route route;

  private final Path directory = Scratch.directory("dropbear-client");
  private final Path sent = Sample.write(directory.resolve("sent"), 1L << 20, 1);
  private final Path back = directory.resolve("back");

  DropbearTest(Route route) {
    this.route = route;
  }

  @Test
  void theClientIsACleanPipeAndReturnsTheStatus() {
    dbclient("cat; exit 42").reading(sent).writing(back).run().exited(42);
    assertThat(Sample.sha256(back)).isEqualTo(Sample.sha256(sent));
  }

  @Test
  @NeedsRoot
  void theServerIsHeldAsWell() {
    try (DropbearServer server = DropbearServer.start();
        Gate gate = Gate.before(server.address());
        CuttingRelay relay = new CuttingRelay(gate.address())) {
      relay.cut(CutPlan.thinningOut(3));
      Ssh ssh =
          route.isHeld()
              ? Ssh.to(relay.address(), Holdfast.proxyCommand("%h", "%p"))
              : Ssh.to(gate.address(), null);
      ssh.ssh("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=" + directory + "/known")
          .plus(Ssh.HOST, "cat; exit 42")
          .reading(sent)
          .writing(back)
          .run()
          .exited(42);
      assertThat(Sample.sha256(back)).isEqualTo(Sample.sha256(sent));
      assertThat(server.log()).contains("Pubkey auth succeeded");
    }
  }

  private Command dbclient(String remote) {
    Path key = directory.resolve("key");
    Command.of("dropbearconvert", "openssh", "dropbear", Keys.CLIENT.toString(), key.toString())
        .run()
        .ok();
    String port = Integer.toString(SITE.address(route).getPort());
    List<String> words = new ArrayList<>(List.of("dbclient", "-y", "-y", "-i", key.toString()));
    if (route.isHeld()) {
      words.addAll(List.of("-J", Holdfast.proxyCommand("127.0.0.1", port)));
    }
    words.addAll(List.of("-p", port, Sshd.USER + "@127.0.0.1", remote));
    return Command.of(words);
  }
}

package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** PuTTY's plink, pscp and psftp, by their own proxy command or at the gate's port. */
@ParameterizedClass
@EnumSource(names = {"DIRECT", "HELD", "HELD_NODE"})
@Needs({Tool.PUTTY, Tool.SSHD})
final class PuttyTest {
  @RegisterExtension static final Site SITE = new Site();

  private final Route route;

  private final Path directory = Scratch.directory("putty");
  private final Path key = directory.resolve("key.ppk");

  PuttyTest(Route route) {
    this.route = route;
    Command.of("puttygen", Keys.CLIENT.toString(), "-O", "private", "-o", key.toString())
        .run()
        .ok();
  }

  @Test
  void plinkRunsACommandAndReturnsItsStatus() {
    Outcome outcome = putty("plink", target(), "echo out; echo err >&2; exit 42").run();
    assertThat(outcome.exited(42).output()).isEqualTo("out\n");
    assertThat(outcome.errors()).isEqualTo("err\n");
  }

  @Test
  void plinkIsACleanPipe() {
    Path sent = Sample.write(directory.resolve("sent"), 5L << 20, 1);
    Path back = directory.resolve("back");
    putty("plink", target(), "cat").reading(sent).writing(back).run().ok();
    assertThat(Sample.sha256(back)).isEqualTo(Sample.sha256(sent));
  }

  @Test
  void pscpCopiesThereAndBack() {
    Path sent = Sample.write(directory.resolve("sent"), 5L << 20, 2);
    Path there = directory.resolve("there");
    Path back = directory.resolve("back");
    putty("pscp", "-q", sent.toString(), target() + ":" + there).run().ok();
    putty("pscp", "-q", target() + ":" + there, back.toString()).run().ok();
    assertThat(Sample.sha256(back)).isEqualTo(Sample.sha256(sent));
  }

  /**
   * PuTTY's programs dial their own machine past any proxy, so they are not told that it is that.
   */
  private String target() {
    return Sshd.USER + "@" + (route.isHeld() ? "gate.example" : "127.0.0.1");
  }

  private Command putty(String program, String... arguments) {
    List<String> words = new ArrayList<>(List.of(program, "-batch", "-noagent"));
    words.addAll(List.of("-i", key.toString(), "-hostkey", Keys.fingerprint(Keys.HOST_ED25519)));
    words.addAll(List.of("-P", Integer.toString(SITE.address(route).getPort())));
    if (route.isHeld()) {
      words.addAll(List.of("-proxycmd", Holdfast.proxyCommand("127.0.0.1", "%port")));
    }
    return Command.of(words).plus(arguments);
  }
}

package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** rsync keeps two directories alike. */
@ParameterizedClass
@EnumSource(names = {"DIRECT", "HELD", "HELD_NODE"})
@Needs({Tool.SSH, Tool.SSHD, Tool.RSYNC})
final class RsyncTest {
  @RegisterExtension static final Site SITE = new Site();

  private final Route route;

  private final Path from = Scratch.directory("from");
  private final Path into = Scratch.directory("into");

  RsyncTest(Route route) {
    this.route = route;
  }

  @Test
  void copiesThereThenOnlyWhatChanged() throws IOException {
    Sample.write(from.resolve("big"), 8L << 20, 1);
    Sample.write(Files.createDirectory(from.resolve("sub")).resolve("small"), 1000, 2);
    Files.createSymbolicLink(from.resolve("link"), Path.of("big"));
    rsync(from + "/", Ssh.HOST + ":" + into + "/");
    assertAlike();

    Sample.write(from.resolve("sub/small"), 2000, 3);
    Files.delete(from.resolve("link"));
    assertThat(rsync(from + "/", Ssh.HOST + ":" + into + "/").output())
        .contains("Number of regular files transferred: 1\n");
    assertAlike();
  }

  @Test
  void copiesBack() {
    Sample.write(from.resolve("big"), 8L << 20, 4);
    rsync(Ssh.HOST + ":" + from + "/", into + "/");
    assertAlike();
  }

  private Outcome rsync(String source, String destination) {
    return Command.of("rsync", "-a", "--delete", "--stats", "-e", SITE.ssh(route).asWord())
        .plus(source, destination)
        .run()
        .ok();
  }

  private void assertAlike() {
    Command.of("diff", "-r", "--no-dereference", from.toString(), into.toString()).run().ok();
  }
}

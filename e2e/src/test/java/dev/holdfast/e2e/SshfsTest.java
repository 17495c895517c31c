package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** sshfs mounts a remote directory. */
@ParameterizedClass
@EnumSource(names = {"DIRECT", "HELD", "HELD_NODE"})
@Needs({Tool.SSH, Tool.SSHD, Tool.SSHFS, Tool.FUSE})
@NeedsRoot
final class SshfsTest {
  private static final Duration MOUNTED = Duration.ofSeconds(20);

  @RegisterExtension static final Site SITE = new Site();

  private final Route route;

  private final Path directory = Scratch.directory("sshfs");

  SshfsTest(Route route) {
    this.route = route;
  }

  @Test
  void filesWrittenOnTheMountAreThere() throws IOException {
    Path remote = Files.createDirectory(directory.resolve("remote"));
    Path mount = Files.createDirectory(directory.resolve("mount"));
    Path sample = Sample.write(directory.resolve("sample"), 4L << 20, 1);
    Command sshfs =
        Command.of("sshfs", "-f", "-F", SITE.ssh(route).config().toString())
            .plus(Ssh.HOST + ":" + remote, mount.toString());
    try (Program mounted = sshfs.start()) {
      try {
        Await.until(() -> "the mount: " + mounted, MOUNTED, () -> isMounted(mount));
        Files.copy(sample, mount.resolve("new"));
        assertThat(Sample.sha256(remote.resolve("new"))).isEqualTo(Sample.sha256(sample));
        assertThat(Sample.sha256(mount.resolve("new"))).isEqualTo(Sample.sha256(sample));
        Files.move(mount.resolve("new"), mount.resolve("old"), StandardCopyOption.ATOMIC_MOVE);
        assertThat(remote.resolve("new")).doesNotExist();
      } finally {
        Command.of("umount", mount.toString()).run();
      }
      mounted.await(MOUNTED).ok();
    }
  }

  private static boolean isMounted(Path place) throws IOException {
    return Files.readAllLines(Path.of("/proc/mounts")).stream()
        .anyMatch(line -> line.split(" ", -1)[1].equals(place.toString()));
  }
}

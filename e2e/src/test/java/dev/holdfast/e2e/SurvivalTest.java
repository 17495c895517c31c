package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Stock ssh and sshd with a gate and the ProxyCommand: an interactive shell, rsync of a big file
 * and a web download through {@code -L}, all at once, survive what happens to the network. Nothing
 * is lost, nothing comes twice, and the exit statuses are right.
 */
@Needs({Tool.SSH, Tool.SSHD, Tool.RSYNC, Tool.CURL})
final class SurvivalTest {
  /** A client whose link was taken away before it had said goodbye tries to for two minutes. */
  private static final Duration GONE = Duration.ofSeconds(150);

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NEW_ADDRESSES")
  void shellCopyAndDownloadSurvive(Fault fault) {
    survive(fault);
  }

  @Test
  @NeedsRoot
  @Needs({Tool.GCC, Tool.IP})
  void shellCopyAndDownloadSurviveNewAddressesOfTheClient() {
    survive(Fault.NEW_ADDRESSES);
  }

  private static void survive(Fault fault) {
    Path directory = Scratch.directory("bulk");
    Path bulk = Sample.write(directory.resolve("bulk"), Effort.BULK_BYTES, 1);
    List<Work> works = new ArrayList<>();
    try (Course course = fault.open()) {
      try {
        works.add(new TickingShell(course.nextLane()));
        works.add(new BigCopy(course.nextLane(), bulk));
        works.add(new WebDownload(course.nextLane(), course.serve(directory), bulk));
        fault.happen(course, works);
        works.forEach(Work::finish);
        assertThat(logins(course.sshd())).as("logins").isEqualTo(works.size());
      } catch (AssertionError e) {
        System.err.println("the gate's log: " + course.gate().log());
        throw e;
      } finally {
        Course.closeAll(works);
      }
    }
    Leftovers.end(GONE);
  }

  private static long logins(Sshd sshd) {
    return sshd.log().lines().filter(line -> line.startsWith("Accepted publickey")).count();
  }
}

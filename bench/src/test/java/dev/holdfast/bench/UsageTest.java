package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class UsageTest {

  @Test
  void cpuIsUserAndSystemTimeAndThatOfChildrenWhoeverIsCalledWhat() {
    String stat = "12 (a) b (c 1 2) S 1 12 12 0 -1 4194304 99 98 97 96 150 50 25 75 20 0 1 0 7 8 9";
    assertThat(Usage.cpuOf(stat)).isEqualTo(3.0);
  }

  @Test
  void memoryIsReadFromItsLine() {
    List<String> rollup =
        List.of(
            "55d0-7ffe ---p 00000000 00:00 0   [rollup]",
            "Rss:               81234 kB",
            "Pss:               71234 kB",
            "Pss_Anon:             12 kB");
    assertThat(Usage.kibOf(rollup, "Pss:")).isEqualTo(71_234);
    assertThat(Usage.kibOf(rollup, "Rss:")).isEqualTo(81_234);
    assertThatIllegalArgumentException().isThrownBy(() -> Usage.kibOf(rollup, "Swap:"));
  }

  @Test
  void aProcessIncludesItsDescendants() throws IOException {
    Process shell = new ProcessBuilder("sh", "-c", "sleep 60 & wait").start();
    try {
      long below =
          Eventually.present("a child of the shell", () -> shell.descendants().findFirst()).pid();
      assertThat(Usage.of(shell.pid()).pssKib())
          .isGreaterThan(Usage.of(below).pssKib())
          .isPositive();
    } finally {
      shell.descendants().forEach(ProcessHandle::destroyForcibly);
      shell.destroyForcibly();
    }
  }

  @Test
  void thisProcessHasUsedTimeAndMemory() throws IOException {
    long own = ProcessHandle.current().pid();
    assertThat(Usage.cpuSeconds(own)).isPositive();
    assertThat(Usage.of(own).rssKib()).isGreaterThan(10_000);
  }
}

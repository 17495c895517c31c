package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class EpochTest {
  @TempDir Path directory;

  /** A process that begins an epoch, says its name, and lives until it is killed. */
  static final class Living {
    public static void main(String[] args) throws Exception {
      Epoch epoch = Epoch.begin(Path.of(args[0]));
      System.out.println(epoch.name());
      System.in.read();
    }
  }

  @Test
  void anEpochIsOverWhenItsProcessIsDeadAndNoSooner() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Living.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String other;
    try (BufferedReader lines = process.inputReader()) {
      other = lines.readLine();
    }
    try (Epoch epoch = Epoch.begin(directory)) {
      assertThat(epoch.name()).isNotEqualTo(other);
      assertThat(epoch.former()).isEmpty();
      process.destroyForcibly();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(epoch.former()).isEqualTo(List.of(other));
      epoch.forget(epoch.former());
      assertThat(epoch.former()).isEmpty();
    }
    try (Epoch next = Epoch.begin(directory)) {
      assertThat(next.former()).hasSize(1);
    }
  }
}

package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OwnCommandTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 4_096, 100_000})
  void tellsEveryWordOfALineOfAnyLength(int more) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin/java").toRealPath().toString();
    List<String> command =
        List.of(
            java,
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path") + ":" + "x".repeat(more),
            Told.class.getName(),
            "two words",
            "",
            "last");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(told.lines().toList()).isEqualTo(command);
  }

  /** Prints its own command, a word in a line. */
  static final class Told {
    private Told() {}

    static void main() throws IOException {
      OwnCommand.words().forEach(System.out::println);
    }
  }
}

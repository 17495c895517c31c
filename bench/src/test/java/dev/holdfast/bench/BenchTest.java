package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class BenchTest {
  private final StringWriter errors = new StringWriter();

  @ParameterizedTest
  @CsvSource({
    "--paths=nowhere, there are raw-relay",
    "'--paths=direct,direct', a contender is named twice",
    "--only=luck, expected one of",
    "--repetitions=0, repetitions are 1 to 1000",
    "--repetitions=1001, repetitions are 1 to 1000",
    "--rtt=-1, round trips take 0 to 2000 ms",
    "--rtt=2001, round trips take 0 to 2000 ms",
    "--window=0, the window is 1 to 256 MiB",
    "--window=257, the window is 1 to 256 MiB",
    "--idle=0, idle connections are 1 to 25000",
    "--idle=25001, idle connections are 1 to 25000",
    "--faster, Unknown option",
  })
  void aWrongOptionIsStatus2AndSaysWhatIsRight(String option, String sentence) {
    assertThat(run(option)).isEqualTo(2);
    assertThat(errors.toString()).contains(sentence).doesNotContain("\tat ");
  }

  @Test
  void aFileThatCannotBeWrittenIsNoticedBeforeTheRun() {
    assertThat(run("--json=/nowhere/at/all.json")).isEqualTo(1);
    assertThat(errors.toString()).startsWith("bench: cannot write /nowhere/at/all.json");
  }

  private int run(String option) {
    CommandLine command = Bench.command();
    command.setErr(new PrintWriter(errors, true));
    return command.execute(option);
  }
}

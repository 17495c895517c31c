package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.ParameterException;

final class GateConfigurationTest {
  @TempDir private Path directory;

  @Test
  void readsAFileOfOptionsWithCommentsAndSeveralListeners() throws IOException {
    GateOptions options =
        read("# comment\n\nlisten 127.0.0.1:2222\nlisten [::1]:2223\nto 10.0.0.1:22\nno-v1\n");
    assertThat(options.listen).hasSize(2);
    assertThat(options.to).hasToString("10.0.0.1:22");
    assertThat(options.noV1).isTrue();
    assertThat(options.patience).isEqualTo(Duration.ofHours(24));
  }

  @Test
  void theCommandLineWinsOverTheFile() throws IOException {
    GateOptions options = read("to 10.0.0.1:22\npatience 1h\n", "--patience", "5m");
    assertThat(options.patience).isEqualTo(Duration.ofMinutes(5));
    assertThat(options.to).hasToString("10.0.0.1:22");
  }

  @Test
  void namesTheLineThatIsWrong() {
    assertThatThrownBy(() -> read("to 10.0.0.1:22\n\npatience soon\n"))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("gate.conf line 3")
        .hasMessageContaining("'soon' is not a time");
    assertThatThrownBy(() -> read("lisen 22\n")).hasMessageContaining("gate.conf line 1");
  }

  @Test
  void aFileBeyondItsBoundIsRefused() {
    assertThatThrownBy(() -> read("#".repeat((int) GateConfiguration.MOST_BYTES + 1)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("longer than");
  }

  @ParameterizedTest
  @CsvSource({
    "--memory 0, less than 1M",
    "--memory much, not a size",
    "--max-streams 0, at least 1",
    "--max-streams x, not an int",
    "--proxy-protocol v3, v3",
    "--log-format xml, xml",
    "--metrics nowhere, not [HOST:]PORT",
    "--quiet --verbose, exclude each other",
    "--config /no/such/file, there is no file",
    "--drain never, not a time",
  })
  void wrongOptionsAreSaidInOneSentence(String line, String sentence) {
    assertThatThrownBy(() -> configuration(line.split(" ")).read())
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining(sentence);
  }

  @ParameterizedTest
  @CsvSource({"1M, 1048576", "2g, 2147483648", "1048576, 1048576", "64MiB, 67108864"})
  void readsSizes(String text, long bytes) {
    assertThat(new MemorySize().convert(text)).isEqualTo(bytes);
  }

  @Test
  void figuresAtAPortAloneAreForThisMachineOnly() {
    assertThat(new MetricsAddress().convert("9090").getAddress().isLoopbackAddress()).isTrue();
    assertThat(new MetricsAddress().convert("*:9090").getAddress().isAnyLocalAddress()).isTrue();
  }

  private GateOptions read(String text, String... more) throws IOException {
    Path file = directory.resolve("gate.conf");
    Files.writeString(file, text);
    List<String> arguments = new java.util.ArrayList<>(List.of("--config", file.toString()));
    arguments.addAll(List.of(more));
    return configuration(arguments.toArray(String[]::new)).read();
  }

  private static GateConfiguration configuration(String... arguments) {
    return new GateConfiguration(Main.commandLine(), List.of(arguments));
  }
}

package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.ArgSpec;

final class CommandLineTest {
  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void tellsItsVersionAndThatOfJava() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).matches("holdfast \\d+\\.\\d+\\.\\S+ \\(Java 25\\S*\\)\\R");
  }

  @ParameterizedTest
  @CsvSource({
    "'', Missing required subcommand",
    "--nonsense, Unknown option",
    "nonsense, Unmatched argument",
    "completion, Missing required parameter",
    "completion ksh, Invalid value",
  })
  void wrongArgumentsGetOneSentenceAndStatus2(String line, String begin) {
    assertThat(run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).startsWith("holdfast: " + begin).hasLineCount(1).contains("--help)");
  }

  @Test
  void aFailureOfTheWorldGetsOneSentenceAndStatus255() {
    assertThat(fail(new IOException("no\n route "))).isEqualTo(255);
    assertThat(err.toString()).isEqualTo("holdfast: no route" + System.lineSeparator());
  }

  @Test
  void aDefectKeepsItsStackTrace() {
    assertThat(fail(new IllegalStateException("x"))).isEqualTo(1);
    assertThat(err.toString()).contains("IllegalStateException: x", "\tat ");
  }

  @Test
  void fishLearnsEveryCommandOptionAndChoice() {
    assertThat(run("completion", "fish")).isZero();
    assertThat(out.toString())
        .contains("-n '__fish_use_subcommand' -f -a completion -d '")
        .contains("-n '__fish_use_subcommand' -s V -l version -d '")
        .contains("-n '__fish_seen_subcommand_from completion' -f -a 'bash zsh fish'")
        .doesNotContain("man-pages");
  }

  @Test
  void everyVisibleCommandHasAManPage() throws IOException {
    assertThat(run("man-pages", directory.toString())).isZero();
    try (Stream<Path> pages = Files.list(directory)) {
      assertThat(pages.map(page -> page.getFileName().toString()))
          .contains("holdfast.1", "holdfast-completion.1")
          .hasSize(1 + visibleBelow(Main.commandLine()));
    }
    assertThat(Files.readString(directory.resolve("holdfast-completion.1")))
        .startsWith(".TH \"HOLDFAST\\-COMPLETION\" \"1\"")
        .contains(".SH \"SYNOPSIS\"", "[\\-hV] SHELL", ".B \"SHELL\"");
  }

  private static int visibleBelow(CommandLine command) {
    return ManPage.visibleBelow(command).stream().mapToInt(one -> 1 + visibleBelow(one)).sum();
  }

  @Test
  void aCommandIsTheSameWhetherOthersAreThereOrNot() {
    Main.commandLine()
        .getSubcommands()
        .forEach((name, command) ->
            assertThat(Main.commandLine(List.of(name, "--help")).getSubcommands().get(name))
                .as(name)
                .extracting(CommandLine::getUsageMessage)
                .isEqualTo(command.getUsageMessage()));
    assertThat(Main.commandLine(List.of("ls")).getSubcommands()).containsOnlyKeys("ls");
  }

  @Test
  void whatTellsOfAllCommandsHasThemAll() {
    var all = Main.commandLine().getSubcommands().keySet();
    for (String word : List.of("--help", "completion", "man-pages", "lss")) {
      assertThat(Main.commandLine(List.of(word)).getSubcommands().keySet()).as(word).isEqualTo(all);
    }
    assertThat(Main.commandLine(List.of()).getSubcommands().keySet()).isEqualTo(all);
  }

  /** NullAway does not look at fields that picocli sets; this does. */
  @Test
  void everyArgumentThatMayBeMissingHasADefaultOrIsNullable() {
    List<ArgSpec> unsafe =
        Stream.concat(
                Stream.of(Main.commandLine()),
                Main.commandLine().getSubcommands().values().stream())
            .flatMap(command -> command.getCommandSpec().args().stream())
            .filter(CommandLineTest::mayBeNull)
            .toList();
    assertThat(unsafe).isEmpty();
  }

  private static boolean mayBeNull(ArgSpec argument) {
    boolean set =
        argument.required()
            || argument.defaultValue() != null
            || argument.initialValue() != null
            || argument.type().isPrimitive();
    return !set
        && argument.userObject() instanceof Field field
        && !field.getAnnotatedType().isAnnotationPresent(Nullable.class);
  }

  private int run(String... arguments) {
    return writingHere(Main.commandLine()).execute(arguments);
  }

  private int fail(Exception failure) {
    CommandLine command = new CommandLine(new Failing(failure));
    return writingHere(command.setExecutionExceptionHandler(Failures::execution)).execute();
  }

  private CommandLine writingHere(CommandLine command) {
    return command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
  }

  @Command(name = "fail")
  private record Failing(Exception failure) implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
      throw failure;
    }
  }
}

package dev.holdfast.cli;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The completion script of fish: one {@code complete} line for each subcommand, option and choice.
 *
 * @see <a href="https://fishshell.com/docs/current/cmds/complete.html">complete</a>
 */
final class FishCompletion {
  private final String name;
  private final StringBuilder script = new StringBuilder();

  private FishCompletion(String name) {
    this.name = name;
  }

  /** The script for {@code root} and its subcommands. */
  static String script(CommandLine root) {
    FishCompletion completion = new FishCompletion(root.getCommandName());
    completion.command(root, "__fish_use_subcommand");
    ManPage.visibleBelow(root).forEach(sub -> completion.command(sub, seen(sub)));
    return completion.script.toString();
  }

  private void command(CommandLine command, String condition) {
    CommandSpec spec = command.getCommandSpec();
    for (CommandLine sub : ManPage.visibleBelow(command)) {
      line(condition, " -f -a " + sub.getCommandName() + describe(summary(sub)));
    }
    spec.options().stream()
        .filter(option -> !option.hidden())
        .forEach(option -> line(condition, option(option)));
    spec.positionalParameters().stream()
        .filter(FishCompletion::hasChoices)
        .forEach(parameter -> line(condition, " -f -a " + quote(choices(parameter))));
  }

  private void line(String condition, String rest) {
    script.append("complete -c ").append(name).append(" -n ").append(quote(condition));
    script.append(rest).append('\n');
  }

  private static String option(OptionSpec option) {
    String names =
        Stream.of(option.names()).map(FishCompletion::flag).collect(Collectors.joining());
    String value = option.arity().max() == 0 ? "" : " -r";
    String choices = hasChoices(option) ? " -f -a " + quote(choices(option)) : "";
    return names + value + choices + describe(String.join(" ", option.description()));
  }

  private static String flag(String name) {
    if (name.startsWith("--")) {
      return " -l " + name.substring(2);
    }
    return (name.length() == 2 ? " -s " : " -o ") + name.substring(1);
  }

  private static String seen(CommandLine sub) {
    return "__fish_seen_subcommand_from " + sub.getCommandName();
  }

  private static String summary(CommandLine command) {
    return String.join(" ", command.getCommandSpec().usageMessage().description());
  }

  private static boolean hasChoices(ArgSpec argument) {
    return argument.completionCandidates() != null
        && argument.completionCandidates().iterator().hasNext();
  }

  private static String choices(ArgSpec argument) {
    return StreamSupport.stream(argument.completionCandidates().spliterator(), false)
        .collect(Collectors.joining(" "));
  }

  private static String describe(String text) {
    return text.isEmpty() ? "" : " -d " + quote(text);
  }

  private static String quote(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}

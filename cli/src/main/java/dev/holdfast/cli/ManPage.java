package dev.holdfast.cli;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The man page of one command, in the macros of man(7), made from what {@code --help} knows. */
final class ManPage {
  private final CommandSpec spec;
  private final UsageMessageSpec usage;
  private final StringBuilder page = new StringBuilder();

  private ManPage(CommandLine command) {
    this.spec = command.getCommandSpec();
    this.usage = spec.usageMessage();
  }

  /** Such as {@code holdfast-gate.1}. */
  static String fileName(CommandLine command) {
    return name(command) + ".1";
  }

  /** The page as man reads it; {@code version} is for its foot. */
  static String text(CommandLine command, String version) {
    ManPage page = new ManPage(command);
    page.macro("TH", name(command).toUpperCase(Locale.ROOT), "1", "", "holdfast " + version, "");
    page.name();
    page.synopsis();
    page.description();
    page.arguments();
    page.options();
    page.commands();
    page.notes();
    page.seeAlso();
    return page.page.toString();
  }

  private void name() {
    macro("SH", "NAME");
    line(name(spec.commandLine()) + " - " + summary(spec.commandLine()));
  }

  private void synopsis() {
    macro("SH", "SYNOPSIS");
    line(new Help(spec, Help.defaultColorScheme(Ansi.OFF)).synopsis(0));
  }

  private void description() {
    macro("SH", "DESCRIPTION");
    lines(usage.description());
  }

  private void arguments() {
    List<PositionalParamSpec> arguments =
        spec.positionalParameters().stream().filter(argument -> !argument.hidden()).toList();
    if (!arguments.isEmpty()) {
      macro("SH", "ARGUMENTS");
      arguments.forEach(argument -> item(argument.paramLabel(), argument.description()));
    }
  }

  private void options() {
    macro("SH", "OPTIONS");
    spec.options().stream()
        .filter(option -> !option.hidden())
        .forEach(option -> item(heading(option), option.description()));
  }

  private void commands() {
    List<CommandLine> commands = visibleBelow(spec.commandLine());
    if (!commands.isEmpty()) {
      macro("SH", "COMMANDS");
      commands.forEach(sub -> item(sub.getCommandName(), summary(sub)));
    }
  }

  private void notes() {
    if (usage.footer().length > 0) {
      macro("SH", "NOTES");
      macro("nf");
      lines(usage.footer());
      macro("fi");
    }
  }

  private void seeAlso() {
    macro("SH", "SEE ALSO");
    Stream<CommandLine> above = Stream.ofNullable(spec.commandLine().getParent());
    Stream<String> ours =
        Stream.concat(above, visibleBelow(spec.commandLine()).stream()).map(ManPage::name);
    Stream<String> pages = Stream.concat(ours, Stream.of("ssh")).map(page -> page + "(1)");
    line(pages.collect(Collectors.joining(", ")));
  }

  private void item(String heading, String... description) {
    macro("TP");
    macro("B", heading);
    lines(description);
  }

  private void lines(String... lines) {
    Stream.of(lines).forEach(this::line);
  }

  /** A line of text; man(7) would take a leading point or apostrophe for a macro. */
  private void line(String line) {
    String text = roff(line.strip());
    page.append(text.startsWith(".") || text.startsWith("'") ? "\\&" : "").append(text);
    page.append('\n');
  }

  private void macro(String name, String... arguments) {
    page.append('.').append(name);
    for (String argument : arguments) {
      page.append(" \"").append(roff(argument).replace("\"", "\"\"")).append('"');
    }
    page.append('\n');
  }

  /** {@code text} without picocli's markup, and with what roff would interpret escaped. */
  private static String roff(String text) {
    return Ansi.OFF.string(text).replace("\\", "\\e").replace("-", "\\-");
  }

  private static String heading(OptionSpec option) {
    String value = option.arity().max() == 0 ? "" : " " + option.paramLabel();
    return String.join(", ", option.names()) + value;
  }

  private static String name(CommandLine command) {
    return command.getCommandSpec().qualifiedName("-");
  }

  private static String summary(CommandLine command) {
    return String.join(" ", command.getCommandSpec().usageMessage().description());
  }

  /** The commands below {@code command} that have a page of their own. */
  static List<CommandLine> visibleBelow(CommandLine command) {
    return command.getSubcommands().values().stream()
        .distinct()
        .filter(sub -> !sub.getCommandSpec().usageMessage().hidden())
        .toList();
  }
}

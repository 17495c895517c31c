package dev.holdfast.cli;

import dev.holdfast.access.Json;
import dev.holdfast.client.Doctor;
import dev.holdfast.client.Finding;
import dev.holdfast.client.LinkWatch;
import dev.holdfast.client.Stdio;
import dev.holdfast.client.Surroundings;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast doctor}: finds out what lets sessions end that should not. */
@Command(
    name = "doctor",
    description = {
      "Find out what lets SSH sessions end that should not: permissions and agent here; with a host"
          + " also the way there, how long it remembers an idle connection, and the server.",
      "",
      "Ends with 0 if there is no problem and no warning, else with 1; with 255 if nothing could be"
          + " found out."
    },
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  /** How findings are written. */
  enum Format {
    TEXT,
    JSON
  }

  private static final int FOUND = 1;
  private static final int WIDTH = 12;

  @Option(names = "--fix", description = "Set right what can be set right here.")
  private boolean fix;

  @Option(
      names = "--all",
      description = "What is written to your ssh configuration is for all hosts, not for this one.")
  private boolean forAll;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "text or json, a line for each finding; text unless given.")
  private Format format;

  @Option(
      names = "--for",
      paramLabel = "TIME",
      defaultValue = "330s",
      converter = TimeSpan.class,
      description =
          "How long to look for the way's patience with an idle connection, 330s unless given; 0"
              + " not to look.")
  private Duration most;

  @Option(
      names = "-o",
      paramLabel = "OPTION",
      description = "An option for the connection, as ssh's.")
  private List<String> options = new ArrayList<>();

  @Option(names = "-F", paramLabel = "FILE", description = "A configuration file, as ssh's.")
  private @Nullable String file;

  @Option(names = "-p", paramLabel = "PORT", description = "The port, as ssh's.")
  private @Nullable String port;

  @Parameters(paramLabel = "HOST", arity = "0..1", description = "The server, as ssh's.")
  private @Nullable String host;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Stdio stdio = SshCommand.ofProcess();
    PrintStream out = new PrintStream(stdio.out(), true, StandardCharsets.UTF_8);
    Doctor doctor =
        new Doctor(Surroundings.ofProcess(), stdio, LinkWatch.SILENT, step -> tell(stdio, step));
    List<Finding> findings = new ArrayList<>(doctor.atHome());
    findings.forEach(finding -> out.println(line(finding)));
    if (host != null) {
      List<Finding> more = doctor.at(arguments(host), most, forAll);
      more.forEach(finding -> out.println(line(finding)));
      findings.addAll(more);
    }
    boolean isBad = false;
    for (Finding finding : findings) {
      isBad |= !isFixed(finding, out) && finding.level().compareTo(Finding.Level.NOTE) > 0;
    }
    return isBad ? FOUND : 0;
  }

  private void tell(Stdio stdio, String step) {
    if (format == Format.TEXT) {
      stdio.err().println("holdfast: " + step);
    }
  }

  private List<String> arguments(String to) {
    List<String> words = new ArrayList<>();
    if (file != null) {
      words.addAll(List.of("-F", file));
    }
    if (port != null) {
      words.addAll(List.of("-p", port));
    }
    options.forEach(option -> words.addAll(List.of("-o", option)));
    words.add(to);
    return words;
  }

  private boolean isFixed(Finding finding, PrintStream out) throws IOException {
    if (!fix || finding.remedy().isEmpty()) {
      return false;
    }
    String done = finding.remedy().get().apply();
    out.println(
        format == Format.JSON
            ? Json.from(Map.of("level", "fixed", "about", finding.about(), "what", done)).line()
            : padded("fixed") + done);
    return true;
  }

  private String line(Finding finding) {
    String level = finding.level().name().toLowerCase(Locale.ROOT);
    if (format == Format.TEXT) {
      String advice = finding.advice().map(text -> "\n" + padded("") + text).orElse("");
      return padded(level) + finding.what() + advice;
    }
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("level", level);
    members.put("about", finding.about());
    members.put("what", finding.what());
    finding.advice().ifPresent(text -> members.put("advice", text));
    members.put("fixable", finding.remedy().isPresent());
    return Json.from(members).line();
  }

  private static String padded(String word) {
    return word + " ".repeat(Math.max(WIDTH - word.length(), 1));
  }
}

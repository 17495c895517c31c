package dev.holdfast.cli;

import dev.holdfast.access.Json;
import dev.holdfast.forward.ControlClient;
import dev.holdfast.forward.ControlFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * {@code holdfast forward}: gives orders to the user's forwarder, which it starts if it does not
 * run, or is the forwarder itself.
 */
final class ForwardCommand implements Callable<Integer> {
  static final String NAME = "forward";

  private static final String USAGE =
      """
      usage: holdfast forward [ssh options] [-L ...] [-R ...] [-D ...] [user@]host [APP ...]
             holdfast forward --preset NAME
             holdfast forward ls [--format text|json|names]
             holdfast forward rm NUMBER|SERVER ...
             holdfast forward events [--json]
             holdfast forward stop
             holdfast forward --foreground [--json] [what is forwarded]

      An APP is a port of the server, host:port as the server sees it, or the path of a socket there.
      It gets a local port that stays: its own number if that is free, and the same one ever after.
      The forwarder is started when there is none, and goes on in the background.\
      """;

  private final PrintStream out;
  private final PrintStream err;
  private final ControlFiles files;
  private final List<String> arguments = new ArrayList<>();

  ForwardCommand(PrintStream out, PrintStream err, ControlFiles files) {
    this.out = out;
    this.err = err;
    this.files = files;
  }

  /** For this process's user and streams. */
  static ForwardCommand ofProcess() {
    return new ForwardCommand(
        System.out,
        System.err,
        ControlFiles.usual(System.getenv(), Path.of(System.getProperty("user.home"))));
  }

  /** The command as it stands in lists and man pages; {@link Main} runs it without picocli. */
  CommandSpec spec() {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(this);
    spec.name(NAME);
    spec.usageMessage()
        .description(
            "Forward ports of servers to this machine, over SSH sessions that come and go by"
                + " themselves.",
            "",
            "Options are those of ssh(1), among them -L, -R and -D; words behind the host are apps"
                + " of the server, each of which gets a local port that stays.",
            "",
            "'holdfast forward ls', 'rm', 'events' and 'stop' speak to the forwarder that runs;"
                + " --foreground runs it here; --preset NAME takes what forward.yaml says.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("ARGUMENT")
            .arity("0..*")
            .description("ssh's options, [user@]host, and apps; or an order.")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .setter(
                new picocli.CommandLine.Model.ISetter() {
                  @Override
                  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
                  public <T> T set(T value) {
                    arguments.clear();
                    if (value != null) {
                      arguments.addAll((List<String>) value);
                    }
                    return value;
                  }
                })
            .build());
    spec.parser().unmatchedOptionsArePositionalParams(true);
    return spec;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    return run(arguments);
  }

  int run(List<String> words) throws IOException, InterruptedException {
    try {
      return obey(ForwardArguments.parse(words, Path.of("").toAbsolutePath()));
    } catch (ForwardArguments.Wrong e) {
      err.println("holdfast: " + e.getMessage() + " (see holdfast forward --help)");
      return Failures.USAGE;
    }
  }

  private int obey(ForwardArguments asked) throws IOException, InterruptedException {
    return switch (asked.order()) {
      case HELP -> {
        out.println(USAGE);
        yield 0;
      }
      case ADD -> add(asked);
      case LS -> ls(asked.format());
      case RM -> rm(asked.words());
      case EVENTS -> events(asked.format());
      case STOP -> stop();
      case SERVICE, FOREGROUND -> serve(asked);
    };
  }

  private int serve(ForwardArguments asked) throws IOException, InterruptedException {
    ForwardConfiguration configuration = configuration();
    List<List<String>> first = new ArrayList<>();
    configuration.started().forEach(name -> first.add(configuration.presets().get(name)));
    if (asked.preset().isPresent() || !asked.words().isEmpty()) {
      first.add(words(asked, configuration));
    }
    boolean isForeground = asked.order() == ForwardArguments.Order.FOREGROUND;
    boolean isJson = asked.format() == ForwardArguments.Format.JSON;
    new ForwardService(files, configuration, isForeground, isJson, out, err).run(first);
    return 0;
  }

  private ForwardConfiguration configuration() throws IOException {
    Problems problems = new Problems();
    ForwardConfiguration read = ForwardConfiguration.read(ForwardConfiguration.file(), problems);
    if (!problems.isEmpty()) {
      throw new IOException(String.join("; ", problems.lines()) + ".");
    }
    return read;
  }

  private static List<String> words(ForwardArguments asked, ForwardConfiguration configuration)
      throws IOException {
    if (asked.preset().isEmpty()) {
      return asked.words();
    }
    List<String> preset = configuration.presets().get(asked.preset().get());
    if (preset == null) {
      throw new IOException(
          "There is no preset '%s' in %s."
              .formatted(asked.preset().get(), ForwardConfiguration.file()));
    }
    return preset;
  }

  private int add(ForwardArguments asked) throws IOException, InterruptedException {
    if (asked.words().isEmpty() && asked.preset().isEmpty()) {
      err.println(USAGE);
      return Failures.USAGE;
    }
    Map<String, Object> order = new LinkedHashMap<>();
    order.put("op", "add");
    order.put(
        "arguments", asked.preset().isEmpty() ? asked.words() : words(asked, configuration()));
    String agent = System.getenv("SSH_AUTH_SOCK");
    if (agent != null) {
      order.put("agent", agent);
    }
    try (ControlClient service = ForwardService.reach(files)) {
      new ForwardsText(out, asked.format()).print(service.ask(order));
    }
    return 0;
  }

  private int ls(ForwardArguments.Format format) throws IOException {
    Optional<ControlClient> running = ControlClient.connect(files);
    if (running.isEmpty()) {
      new ForwardsText(out, format).print(Map.of("forwards", List.of()));
      return 0;
    }
    try (ControlClient service = running.get()) {
      new ForwardsText(out, format).print(service.ask(Map.of("op", "list")));
    }
    return 0;
  }

  private int rm(List<String> which) throws IOException {
    if (which.isEmpty()) {
      err.println("holdfast: say which: a number, or a server (see holdfast forward ls)");
      return Failures.USAGE;
    }
    long removed = 0;
    try (ControlClient service = running()) {
      for (String each : which) {
        Map<String, Object> answer = service.ask(Map.of("op", "remove", "which", each));
        removed += answer.get("removed") instanceof Long count ? count : 0;
      }
    }
    if (removed == 0) {
      err.println("holdfast: There is no such forward.");
      return 1;
    }
    return 0;
  }

  private int events(ForwardArguments.Format format) throws IOException {
    try (ControlClient service = running()) {
      service.events(event ->
          out.println(
              format == ForwardArguments.Format.JSON
                  ? Json.from(event).line()
                  : ForwardsText.line(event)));
    }
    return 0;
  }

  private int stop() throws IOException {
    Optional<ControlClient> running = ControlClient.connect(files);
    if (running.isPresent()) {
      try (ControlClient service = running.get()) {
        service.ask(Map.of("op", "stop"));
      }
    }
    return 0;
  }

  private ControlClient running() throws IOException {
    return ControlClient.connect(files)
        .orElseThrow(() -> new IOException("The forwarder does not run; nothing is forwarded."));
  }
}

package dev.holdfast.bench;

import dev.holdfast.access.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The bench's command: runs the contenders against each other and prints what came of it. */
@Command(
    name = "bench",
    description = "Compares ways from a client to a server, side by side, as ratios to the first.",
    exitCodeOnExecutionException = 1)
final class Bench implements Callable<Integer> {

  /** Every contender, by its name on the command line. */
  static final List<Path> CONTENDERS =
      Stream.<Path>concat(Stream.of(Baseline.values()), Stream.of(Resuming.values())).toList();

  /** Finds a contender by its name. */
  private static final class Contender implements ITypeConverter<Path> {
    @Override
    public Path convert(String label) {
      return CONTENDERS.stream()
          .filter(path -> path.label().equals(label))
          .findFirst()
          .orElseThrow(() -> new TypeConversionException("there are " + labels()));
    }

    private static String labels() {
      return CONTENDERS.stream().map(Path::label).collect(Collectors.joining(", "));
    }
  }

  private static final Set<Run.Part> SHORT_PARTS =
      Set.copyOf(EnumSet.of(Run.Part.SPEED, Run.Part.RECOVERY));

  /** Not those that need root, and half an hour for each repetition. */
  private static final Set<Run.Part> USUAL_PARTS =
      Set.copyOf(EnumSet.complementOf(EnumSet.of(Run.Part.SURVIVE, Run.Part.TYPING)));

  private static final List<Path> DEFAULT_PATHS =
      List.of(Baseline.RAW_RELAY, Resuming.LIBRARY, Resuming.CONNECT);

  @Option(names = "--help", usageHelp = true, description = "Print this and exit.")
  @SuppressWarnings("UnusedVariable") // picocli looks at the annotation
  private boolean help;

  @Option(
      names = "--short",
      description =
          "Little of speed and recovery, in under two minutes; of other parts if --only names"
              + " them.")
  private boolean brief;

  @Option(names = "--json", paramLabel = "FILE", description = "Also write every value as JSON.")
  private java.nio.file.@Nullable Path json;

  @Option(
      names = "--paths",
      split = ",",
      paramLabel = "NAME",
      converter = Contender.class,
      description = "The contenders; ratios are to the first.")
  private List<Path> paths = DEFAULT_PATHS;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PART",
      description = "Measure only these: ${COMPLETION-CANDIDATES}.")
  private Set<Run.Part> parts = EnumSet.noneOf(Run.Part.class);

  @Option(
      names = "--rtt",
      split = ",",
      paramLabel = "MS",
      description = "Round-trip times in ms instead of 0,50,150.")
  private List<Long> roundTrips = List.of();

  @Option(names = "--repetitions", paramLabel = "N", description = "Of each speed.")
  private @Nullable Integer repetitions;

  @Option(names = "--idle", paramLabel = "N", description = "Idle connections to hold.")
  private @Nullable Integer idle;

  @Option(
      names = "--window",
      paramLabel = "MIB",
      description = "TCP's window where there is delay.")
  private @Nullable Integer windowMib;

  public static void main(String[] args) {
    System.exit(command().execute(args));
  }

  /** Returns the command, which tells of a failure in one sentence. */
  static CommandLine command() {
    return new CommandLine(new Bench())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler((failure, command, arguments) -> {
          command.getErr().println("bench: " + failure.getMessage());
          return failure instanceof IllegalArgumentException ? 2 : 1;
        });
  }

  /** Runs it; 0 if everything could be measured, 1 if not, 2 for a wrong option. */
  @Override
  public Integer call() throws IOException {
    if (Set.copyOf(paths).size() < paths.size()) {
      throw new IllegalArgumentException("a contender is named twice");
    }
    Plan plan = plan();
    Set<Run.Part> measured = parts();
    boolean allAlone = measured.stream().allMatch(Run.Part::isAlone);
    var results =
        new Results(
            Set.of(
                paths.getFirst().label(),
                NodeSpeed.BASE.label(),
                ClientSpeed.BASE,
                Survival.BASE,
                ForwardSpeed.BASE,
                ProxySpeed.BASE,
                LeaseSpeed.BASE,
                RecordingSpeed.BASE.label()));
    Map<String, Object> machine = Machine.describe();
    write(document(machine, plan, results));
    boolean whole = allAlone || new Run(plan, paths, measured, results).measure();
    for (Run.Part part : measured) {
      whole &= part.measure(plan, results);
    }
    machine.put("load afterwards", Machine.load());
    machine.forEach((name, value) -> System.out.println(name + ": " + value));
    System.out.println();
    System.out.print(results.table());
    write(document(machine, plan, results));
    return whole ? 0 : 1;
  }

  /** Called before the run too, so that a file that cannot be written does not cost a run. */
  private void write(Map<String, Object> document) throws IOException {
    if (json != null) {
      try {
        Files.writeString(json, Json.from(document).line() + "\n");
      } catch (IOException e) {
        throw new IOException("cannot write " + json + ": " + e.getClass().getSimpleName(), e);
      }
    }
  }

  private Set<Run.Part> parts() {
    if (!parts.isEmpty()) {
      return parts;
    }
    return EnumSet.copyOf(brief ? SHORT_PARTS : USUAL_PARTS);
  }

  private Plan plan() {
    Plan plan = brief ? Plan.SHORT : Plan.FULL;
    if (!roundTrips.isEmpty()) {
      plan = plan.withRoundTrips(roundTrips.stream().map(Duration::ofMillis).toList());
    }
    if (repetitions != null) {
      plan = plan.withRepetitions(repetitions);
    }
    if (windowMib != null) {
      plan = plan.withWindow((long) windowMib << 20);
    }
    return idle == null ? plan : plan.withIdle(idle);
  }

  private static Map<String, Object> document(
      Map<String, Object> machine, Plan plan, Results results) {
    var document = new LinkedHashMap<String, Object>();
    document.put("machine", machine);
    document.put("plan", plan.toString());
    document.put("results", results.json());
    document.put("remarks", results.remarks());
    return document;
  }
}

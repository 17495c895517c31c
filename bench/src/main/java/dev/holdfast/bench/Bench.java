package dev.holdfast.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The bench's command: runs the contenders against each other and prints what came of it. */
@Command(
    name = "bench",
    description = "Compares ways from a client to a server, side by side, as ratios to the first.",
    mixinStandardHelpOptions = true)
final class Bench implements Callable<Integer> {

  /** Every contender, by its name on the command line. */
  static final List<Path> CONTENDERS = List.copyOf(Arrays.asList(Baseline.values()));

  private static final List<String> DEFAULT_PATHS = List.of("raw-relay", "direct");

  @Spec private CommandSpec spec;

  @Option(names = "--short", description = "Little of everything, in under two minutes.")
  private boolean brief;

  @Option(names = "--json", paramLabel = "FILE", description = "Also write every value as JSON.")
  private java.nio.file.@Nullable Path json;

  @Option(
      names = "--paths",
      split = ",",
      paramLabel = "NAME",
      description = "The contenders; ratios are to the first.")
  private List<String> paths = DEFAULT_PATHS;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PART",
      description = "Measure only these: ${COMPLETION-CANDIDATES}.")
  private Set<Run.Part> parts = EnumSet.allOf(Run.Part.class);

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

  public static void main(String[] args) {
    System.exit(
        new CommandLine(new Bench()).setCaseInsensitiveEnumValuesAllowed(true).execute(args));
  }

  /** Runs it; 0 if everything could be measured, 1 if not, 2 for a wrong option. */
  @Override
  public Integer call() throws IOException {
    List<Path> contenders = paths.stream().map(this::contender).toList();
    Plan plan = plan();
    var results = new Results(contenders.getFirst().label());
    Map<String, Object> machine = Machine.describe();
    System.out.println(machine);
    boolean whole = new Run(plan, contenders, parts, results).measure();
    machine.put("loadAfter", Machine.load());
    System.out.print(results.table());
    System.out.println("load average afterwards " + machine.get("loadAfter"));
    if (json != null) {
      Files.writeString(json, Json.write(document(machine, plan, results)) + "\n");
    }
    return whole ? 0 : 1;
  }

  private Path contender(String label) {
    return CONTENDERS.stream()
        .filter(path -> path.label().equals(label))
        .findFirst()
        .orElseThrow(() -> new ParameterException(spec.commandLine(), unknown(label)));
  }

  private static String unknown(String label) {
    return "No contender is called '%s'; there are %s."
        .formatted(label, CONTENDERS.stream().map(Path::label).collect(Collectors.joining(", ")));
  }

  private Plan plan() {
    Plan plan = brief ? Plan.SHORT : Plan.FULL;
    if (!roundTrips.isEmpty()) {
      plan = plan.withRoundTrips(roundTrips.stream().map(Duration::ofMillis).toList());
    }
    if (repetitions != null) {
      plan = plan.withRepetitions(repetitions);
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

package dev.holdfast.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command line of a real program, with what it reads and writes; a value, started as often as
 * wanted.
 *
 * @param words the program and its arguments
 * @param environment what is set besides the few variables that every child gets ({@link Program})
 * @param input the file that is its standard input, or null for a pipe
 * @param output the file that its standard output goes to, or null to capture it
 */
record Command(
    List<String> words,
    Map<String, String> environment,
    @Nullable Path input,
    @Nullable Path output) {
  static final Duration USUAL_DEADLINE = Duration.ofSeconds(60);

  Command {
    words = List.copyOf(words);
    environment = Map.copyOf(environment);
  }

  static Command of(String... words) {
    return of(List.of(words));
  }

  static Command of(List<String> words) {
    return new Command(words, Map.of(), null, null);
  }

  /** The same with more arguments behind. */
  Command plus(String... more) {
    List<String> all = new ArrayList<>(words);
    all.addAll(List.of(more));
    return new Command(all, environment, input, output);
  }

  /** The same started by another program, such as one that enters a network namespace. */
  Command startedBy(List<String> launcher) {
    List<String> all = new ArrayList<>(launcher);
    all.addAll(words);
    return new Command(all, environment, input, output);
  }

  Command with(String name, String value) {
    Map<String, String> more = new HashMap<>(environment);
    more.put(name, value);
    return new Command(words, more, input, output);
  }

  Command reading(Path file) {
    return new Command(words, environment, file, output);
  }

  Command writing(Path file) {
    return new Command(words, environment, input, file);
  }

  /** Starts it and leaves it running; the caller closes it. */
  Program start() {
    return Program.start(this);
  }

  /** Runs it to its end with nothing to read, unless {@link #reading} said otherwise. */
  Outcome run() {
    return run(USUAL_DEADLINE);
  }

  Outcome run(Duration deadline) {
    Command whole = input == null ? reading(Path.of("/dev/null")) : this;
    try (Program program = whole.start()) {
      return program.await(deadline);
    }
  }

  @Override
  public String toString() {
    return String.join(" ", words);
  }
}

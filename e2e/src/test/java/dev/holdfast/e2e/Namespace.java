package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The name of a network namespace of this JVM. The name tells the JVM's pid, so that what a killed
 * JVM left behind is known as such.
 */
record Namespace(String name) {
  static final String PREFIX = "hfe-" + ProcessHandle.current().pid() + "-";

  private static final Path ALL = Path.of("/run/netns");
  private static final Pattern OURS = Pattern.compile("hfe-(\\d+)-.*");
  private static final AtomicInteger COUNT = new AtomicInteger();

  /** A name that nobody else uses; {@link Wan} makes the namespace. */
  static Namespace fresh(String end) {
    return new Namespace(PREFIX + COUNT.incrementAndGet() + end);
  }

  /** What is put before a command to run it in there. */
  List<String> enter() {
    return List.of("nsenter", "--net=" + ALL.resolve(name));
  }

  void remove() {
    if (Files.exists(ALL.resolve(name))) {
      Command.of("ip", "netns", "del", name).run().ok();
    }
  }

  /** Removes the namespaces of test JVMs that are no more. */
  static void removeStale() {
    if (!Files.isDirectory(ALL)) {
      return;
    }
    try (Stream<Path> all = Files.list(ALL)) {
      all.map(path -> new Namespace(path.getFileName().toString()))
          .filter(Namespace::isStale)
          .forEach(Namespace::remove);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isStale() {
    Matcher match = OURS.matcher(name);
    return match.matches() && ProcessHandle.of(Long.parseLong(match.group(1))).isEmpty();
  }
}

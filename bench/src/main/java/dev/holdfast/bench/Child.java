package dev.holdfast.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A process that the bench started: it is given lines, answers lines, and dies with the bench.
 *
 * <p>Confined to one thread.
 */
final class Child implements AutoCloseable {
  /** The longest that any single measure may take. */
  static final Duration ANSWER_MAX = Duration.ofMinutes(10);

  private static final int LINES_MAX = 64;
  private static final Duration END_MAX = Duration.ofSeconds(5);
  private static final int COMPLAINT_BYTES_MAX = 2_000;
  private static final String GONE = "failed: the process has ended";

  private final Process process;
  private final java.nio.file.Path log;
  private final Thread killer;
  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(LINES_MAX);

  private Child(Process process, java.nio.file.Path log) {
    this.process = process;
    this.log = log;
    this.killer = new Thread(this::kill);
  }

  /**
   * Returns the command that runs a main class of the bench in this JDK, with these arguments; the
   * serial collector has the fewest threads and the least memory.
   */
  static List<String> java(Class<?> main, String... arguments) {
    var command = new ArrayList<String>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.add("-XX:+UseSerialGC");
    command.addAll(accessOptions());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(Arrays.asList(arguments));
    return command;
  }

  /**
   * Returns the options that open parts of the JDK, such as --add-exports, as this JVM has them.
   */
  private static List<String> accessOptions() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--"))
        .toList();
  }

  /** Starts a command; what it says on standard error is kept, and told if it fails. */
  static Child start(List<String> command) throws IOException {
    java.nio.file.Path log = Files.createTempFile("holdfast-bench-", ".log");
    Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
    var child = new Child(process, log);
    Runtime.getRuntime().addShutdownHook(child.killer);
    Thread.ofVirtual().start(child::listen);
    return child;
  }

  long pid() {
    return process.pid();
  }

  /** Gives it a line and waits for the answer: the numbers after {@code ok}. */
  long[] ask(String order) throws IOException {
    tell(order);
    return answer();
  }

  /** Gives it a line. */
  void tell(String order) throws IOException {
    Writer writer = process.outputWriter();
    writer.write(order + "\n");
    writer.flush();
  }

  /** Waits for the answer to the oldest line that has none. */
  long[] answer() throws IOException {
    String[] words = line().split(" ", -1);
    if (!words[0].equals("ok")) {
      throw new IOException(String.join(" ", words) + complaint());
    }
    return Arrays.stream(words).skip(1).mapToLong(Long::parseLong).toArray();
  }

  /** Waits for the next line that it prints. */
  String line() throws IOException {
    @Nullable String line;
    try {
      line = lines.poll(ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
    if (line == null) {
      throw new IOException("no answer in " + ANSWER_MAX);
    }
    return line;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Returns the end of what it said on standard error, to be put after a sentence; or nothing. */
  String complaint() throws IOException {
    byte[] said = Files.readAllBytes(log);
    int from = Math.max(said.length - COMPLAINT_BYTES_MAX, 0);
    String end = new String(said, from, said.length - from, StandardCharsets.UTF_8).strip();
    return end.isEmpty() ? "" : "; its last words:\n" + end;
  }

  /** Asks it to end, then makes it. */
  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    try {
      if (!process.waitFor(END_MAX)) {
        kill();
      }
    } catch (InterruptedException e) {
      kill();
    }
    Runtime.getRuntime().removeShutdownHook(killer);
    try {
      Files.deleteIfExists(log);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + log, e);
    }
  }

  private void kill() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private void listen() {
    try (BufferedReader reader = process.inputReader()) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.put(line);
      }
      lines.put(GONE);
    } catch (IOException | InterruptedException e) {
      lines.offer(GONE);
    }
  }
}

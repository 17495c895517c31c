package dev.holdfast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A {@code holdfast} in a process of its own, whose standard error is read line by line. */
final class HoldfastProcess implements AutoCloseable {
  private static final long MOST_SECONDS = 30;

  final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private HoldfastProcess(Process process) {
    this.process = process;
    Thread.ofVirtual().start(this::read);
  }

  static HoldfastProcess start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(command());
    command.addAll(List.of(arguments));
    return new HoldfastProcess(new ProcessBuilder(command).start());
  }

  /** Java with the options and the class path of this one. */
  static List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--"))
        .forEach(command::add);
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    return command;
  }

  private void read() {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add(e.toString());
    }
  }

  /** The next line with {@code part} in it. */
  String await(String part) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
    StringBuilder seen = new StringBuilder();
    while (System.nanoTime() < until) {
      String line = lines.poll(100, TimeUnit.MILLISECONDS);
      if (line != null && line.contains(part)) {
        return line;
      }
      seen.append(line == null ? "" : line + "\n");
    }
    throw new AssertionError("no line with '" + part + "' in:\n" + seen);
  }

  /** The port in the next line about a listener. */
  int awaitPort() throws InterruptedException {
    String line = await("listening on ");
    return Integer.parseInt(line.replaceAll(".*listening on [^ ,]*:(\\d+).*", "$1"));
  }

  void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }

  int awaitExit() throws InterruptedException {
    if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still running");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}

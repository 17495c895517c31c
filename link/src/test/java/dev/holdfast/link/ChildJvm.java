package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program of the tests, run by another JVM with the class path and options of this one. */
final class ChildJvm implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;

  private final Process process;
  private final BufferedReader output;

  private ChildJvm(Process process) {
    this.process = process;
    this.output = process.inputReader();
  }

  /** The command that runs {@code program}: this JVM's options, then {@code options}. */
  static List<String> command(Class<?> program, List<String> options, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> option.startsWith("--"))
        .forEach(command::add);
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(List.of(arguments));
    return command;
  }

  static ChildJvm start(Class<?> program, String... arguments) throws IOException {
    return start(command(program, List.of(), arguments), Map.of());
  }

  static ChildJvm start(List<String> command, Map<String, String> environment) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT).environment().putAll(environment);
    return new ChildJvm(builder.start());
  }

  /** A command for {@code sh} that runs {@code before} in the shell and becomes {@code command}. */
  static List<String> after(String before, List<String> command) {
    List<String> all = new ArrayList<>(List.of("/bin/sh", "-c", before + "; exec \"$@\"", "sh"));
    all.addAll(command);
    return all;
  }

  long pid() {
    return process.pid();
  }

  /** The next line of its output. */
  String line() throws IOException {
    String line = output.readLine();
    assertThat(line).as("a line from the child").isNotNull();
    return line;
  }

  /** Writes a line to its input. */
  void tell(String line) throws IOException {
    process.outputWriter().write(line + "\n");
    process.outputWriter().flush();
  }

  /** Sends it a signal such as HUP. */
  void signal(String name) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start();
    assertThat(kill.waitFor()).isZero();
  }

  /** Closes the pipe that its output goes to. */
  void closeOutput() throws IOException {
    output.close();
  }

  int exitStatus() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("the child ends").isTrue();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}

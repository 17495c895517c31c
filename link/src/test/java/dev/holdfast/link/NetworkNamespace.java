package dev.holdfast.link;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network of its own for a test (ip-netns(8)), with nothing in it but a loopback interface. Needs
 * root.
 */
final class NetworkNamespace implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String name =
      "hfd-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();

  private NetworkNamespace() {}

  static NetworkNamespace create() throws IOException {
    boolean able = Files.isWritable(Path.of("/run")) && Files.isExecutable(Path.of("/sbin/ip"));
    boolean mustBeAble = System.getenv("CI") != null;
    assumeTrue(able || mustBeAble, "SKIPPED: needs root on Linux, and iproute2");
    NetworkNamespace namespace = new NetworkNamespace();
    run(List.of("ip", "netns", "add", namespace.name));
    namespace.ip("link", "set", "lo", "up");
    return namespace;
  }

  /** Runs {@code ip} with these arguments inside. */
  void ip(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip", "-n", name));
    command.addAll(List.of(arguments));
    run(command);
  }

  /** Runs a command inside. */
  void run(String... command) throws IOException {
    List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", name));
    inside.addAll(List.of(command));
    run(inside);
  }

  /** Starts a Java program of the tests inside. */
  Process start(Class<?> main, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", name));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
  }

  @Override
  public void close() throws IOException {
    run(List.of("ip", "netns", "delete", name));
  }
}

package dev.holdfast.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL of its own, with files of its own, on a free port of 127.0.0.1; as root it runs as
 * the user postgres, for it refuses to be root's.
 */
public final class Postgres implements AutoCloseable {
  private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
  private static final int PATIENCE_SECONDS = 60;

  private final List<String> launcher;
  private final Path programs;
  private final Path directory;
  private final int port;

  private Postgres(List<String> launcher, Path programs, Path directory, int port) {
    this.launcher = List.copyOf(launcher);
    this.programs = programs;
    this.directory = directory;
    this.port = port;
  }

  /** Starts one; skips the test where there is none. */
  public static Postgres start() throws Exception {
    return start(List.of());
  }

  /** The same where a launcher leads, such as one that enters a network namespace. */
  public static Postgres start(List<String> launcher) throws Exception {
    Path programs = programs();
    assumeTrue(programs != null, "SKIPPED: needs PostgreSQL (postgresql)");
    Path directory = Files.createTempDirectory("holdfast-postgres");
    Postgres postgres = new Postgres(launcher, programs, directory, freePort());
    if (isRoot()) {
      run(List.of("chown", "postgres:", directory.toString()));
    }
    postgres.run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync", "data");
    postgres.begin();
    return postgres;
  }

  /** As JDBC has it, without "jdbc:". */
  public String url() {
    return "postgresql://127.0.0.1:" + port + "/postgres?user=postgres";
  }

  /** Ends it as a loss of the machine would: nothing is written any more. */
  public void kill() throws Exception {
    long pid = Long.parseLong(Files.readAllLines(directory.resolve("data/postmaster.pid")).get(0));
    ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
    List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
    all.addFirst(process);
    all.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle one : all) {
      one.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }

  /** Starts it after {@link #kill}. */
  public void begin() throws Exception {
    String options = "-p %d -h 127.0.0.1 -k %s -F".formatted(port, directory);
    run(
        "pg_ctl",
        "-D",
        "data",
        "-s",
        "-w",
        "-t",
        "" + PATIENCE_SECONDS,
        "-l",
        "log",
        "-o",
        options,
        "start");
  }

  private void run(String program, String... arguments) throws Exception {
    List<String> line = new ArrayList<>(launcher);
    if (isRoot()) {
      line.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    }
    line.add(programs.resolve(program).toString());
    for (String argument : arguments) {
      boolean isFile = argument.equals("data") || argument.equals("log");
      line.add(isFile ? directory.resolve(argument).toString() : argument);
    }
    run(line);
  }

  private static void run(List<String> line) throws Exception {
    Path output = Files.createTempFile("holdfast-postgres", ".out");
    try {
      Process process =
          new ProcessBuilder(line)
              .directory(new java.io.File("/"))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(2 * PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new AssertionError(line + ": " + Files.readString(output, UTF_8));
      }
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private static @Nullable Path programs() throws IOException {
    if (!Files.isDirectory(VERSIONS)) {
      return null;
    }
    try (Stream<Path> versions = Files.list(VERSIONS)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Comparator.naturalOrder())
          .orElse(null);
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    try {
      run("pg_ctl", "-D", "data", "-s", "-w", "-m", "immediate", "stop");
    } catch (Exception e) {
      throw new IOException("PostgreSQL does not end", e);
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}

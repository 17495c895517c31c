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
  private boolean runs;

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
    Postgres postgres = new Postgres(launcher, programs, made(), freePort());
    postgres.run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync", "data");
    postgres.begin();
    return postgres;
  }

  /**
   * Another one that follows this, of which each commit waits from now on until it is there, too.
   */
  public Postgres standby() throws Exception {
    Postgres standby = new Postgres(launcher, programs, made(), freePort());
    standby.run(
        "pg_basebackup", "-h", "127.0.0.1", "-p", "" + port, "-U", "postgres", "-R", "-D", "data");
    standby.begin();
    sql("alter system set synchronous_standby_names = '*'");
    sql("select pg_reload_conf()");
    String synchronous = "select count(*) from pg_stat_replication where sync_state = 'sync'";
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!sql(synchronous).equals("1")) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("the standby does not follow");
      }
      Thread.onSpinWait();
    }
    return standby;
  }

  /** What follows becomes what is written to. */
  public void promote() throws Exception {
    run("pg_ctl", "-D", "data", "-s", "-w", "-t", "" + PATIENCE_SECONDS, "promote");
  }

  private String sql(String statement) throws Exception {
    return run("psql", "-h", "127.0.0.1", "-p", "" + port, "-U", "postgres", "-tAc", statement);
  }

  /** As JDBC has it, without "jdbc:". */
  public String url() {
    return "postgresql://" + place() + "/postgres?user=postgres";
  }

  /** The same for a pair, of which always the one is used that can be written to. */
  public String urlWith(Postgres other) {
    return "postgresql://%s,%s/postgres?user=postgres&targetServerType=primary&hostRecheckSeconds=0"
        .formatted(place(), other.place());
  }

  private String place() {
    return "127.0.0.1:" + port;
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
    runs = false;
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
    runs = true;
  }

  /** A directory that it may use. */
  private static Path made() throws Exception {
    Path directory = Files.createTempDirectory("holdfast-postgres");
    if (isRoot()) {
      run(List.of("chown", "postgres:", directory.toString()));
    }
    return directory;
  }

  private String run(String program, String... arguments) throws Exception {
    List<String> line = new ArrayList<>(launcher);
    if (isRoot()) {
      line.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
    }
    line.add(programs.resolve(program).toString());
    for (String argument : arguments) {
      boolean isFile = argument.equals("data") || argument.equals("log");
      line.add(isFile ? directory.resolve(argument).toString() : argument);
    }
    return run(line);
  }

  private static String run(List<String> line) throws Exception {
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
      return Files.readString(output, UTF_8).strip();
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
      if (runs) {
        run("pg_ctl", "-D", "data", "-s", "-w", "-m", "immediate", "stop");
      }
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

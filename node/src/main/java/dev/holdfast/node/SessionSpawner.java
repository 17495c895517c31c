package dev.holdfast.node;

import dev.holdfast.node.Descriptors.Pipe;
import dev.holdfast.ssh.Pty;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the processes of sessions, each joined to us by a pty or by pipes. Thread-safe. */
final class SessionSpawner {
  /** Bytes that a pipe of a session holds: enough that neither side waits for each turn. */
  private static final int PIPE_BYTES = 256 * 1024;

  private static final Logger log = LoggerFactory.getLogger(SessionSpawner.class);

  private final SessionProgram program;

  SessionSpawner(SessionProgram program) {
    this.program = program;
  }

  /** What the process is to do, once the name of its terminal is known. */
  interface Order {
    /** The order; {@code slave} is null without a pty. */
    SessionOrder on(@Nullable String slave);
  }

  /**
   * Starts one.
   *
   * @param pty the pty that it gets; null for pipes
   * @param reports whether it tells of a process of its own, as with PAM
   */
  Spawned spawn(@Nullable Pty pty, boolean reports, Order order) throws IOException {
    try (Opened opened = new Opened()) {
      Pipe report = reports ? opened.pipe() : null;
      Spawned spawned =
          pty == null ? onPipes(opened, report, order) : onPty(opened, pty, report, order);
      opened.keep(spawned);
      return spawned;
    }
  }

  private Spawned onPty(Opened opened, Pty wanted, @Nullable Pipe report, Order order)
      throws IOException {
    PtyMaster pty = PtyMaster.open();
    opened.add(pty.descriptor());
    pty.resize(wanted.size());
    int slave = opened.add(pty.openSlave());
    int input = opened.add(Descriptors.duplicate(pty.descriptor()));
    List<Integer> stdio = List.of(slave, slave, slave);
    return start(
        order.on(pty.slaveName()), stdio, report, opened, input, pty.descriptor(), -1, pty);
  }

  private Spawned onPipes(Opened opened, @Nullable Pipe report, Order order) throws IOException {
    Pipe stdin = opened.pipe();
    Pipe stdout = opened.pipe();
    Pipe stderr = opened.pipe();
    for (int end : List.of(stdin.writing(), stdout.reading(), stderr.reading())) {
      Descriptors.setNonBlocking(end);
    }
    List<Integer> stdio = List.of(stdin.reading(), stdout.writing(), stderr.writing());
    return start(
        order.on(null),
        stdio,
        report,
        opened,
        stdin.writing(),
        stdout.reading(),
        stderr.reading(),
        null);
  }

  private Spawned start(
      SessionOrder order,
      List<Integer> stdio,
      @Nullable Pipe report,
      Opened opened,
      int stdin,
      int stdout,
      int stderr,
      @Nullable PtyMaster pty)
      throws IOException {
    if (report != null) {
      Descriptors.setNonBlocking(report.reading());
    }
    int process = program.start(order, stdio, report == null ? -1 : report.writing());
    int watch = opened.add(Processes.watch(process));
    int reading = report == null ? -1 : report.reading();
    return new Spawned(process, watch, stdin, stdout, stderr, reading, pty);
  }

  /**
   * Notes in the system's records that a terminal's session has ended, if we may. Called in {@code
   * loop}, which waits for it.
   */
  void recordLogout(String user, String slave, int process, DescriptorLoop loop) {
    if (!Processes.isRoot()) {
      return;
    }
    SessionOrder order =
        new SessionOrder()
            .with("action", "logout")
            .with("user", user)
            .with("tty", slave)
            .with("pid", Integer.toString(process));
    try (Opened opened = new Opened()) {
      Pipe nothing = opened.pipe();
      List<Integer> stdio = List.of(nothing.reading(), nothing.writing(), nothing.writing());
      int recorder = program.start(order, stdio, -1);
      int watch = Processes.watch(recorder);
      loop.watch(watch, DescriptorLoop.READABLE, () -> reap(recorder, watch, loop));
    } catch (IOException e) {
      log.warn("A logout was not recorded: {}", e.getMessage());
    }
  }

  private static void reap(int process, int watch, DescriptorLoop loop) {
    loop.forget(watch);
    Descriptors.close(watch);
    try {
      Processes.await(process);
    } catch (IOException e) {
      log.warn("A logout was not recorded: {}", e.getMessage());
    }
  }

  /** Descriptors that are closed at the end, but for those that are kept. */
  private static final class Opened implements AutoCloseable {
    private final Deque<Integer> descriptors = new ArrayDeque<>();

    int add(int descriptor) {
      descriptors.push(descriptor);
      return descriptor;
    }

    Pipe pipe() throws IOException {
      Pipe pipe = Pipe.open(PIPE_BYTES);
      add(pipe.reading());
      add(pipe.writing());
      return pipe;
    }

    void keep(Spawned spawned) {
      descriptors.removeAll(
          List.of(
              spawned.watch(),
              spawned.stdin(),
              spawned.stdout(),
              spawned.stderr(),
              spawned.report()));
    }

    @Override
    public void close() {
      descriptors.forEach(Descriptors::close);
    }
  }
}

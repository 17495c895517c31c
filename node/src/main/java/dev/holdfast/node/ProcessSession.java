package dev.holdfast.node;

import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ClientEnd.Ending;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.ssh.WindowSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session that is a process of the login user: with a pty, or with three pipes.
 *
 * <p>It ends as with sshd: when the process has ended and its standard output has come to the end,
 * so that nothing is cut off that a child of it still writes there; what is then to be read from
 * standard error is sent too. A process without pty that the client leaves behind is not killed.
 *
 * <p>Output and the process's life are confined to a loop; input comes from any thread.
 */
final class ProcessSession implements ServedSession {
  private static final Logger log = LoggerFactory.getLogger(ProcessSession.class);

  private final Spawned spawned;
  private final ClientEnd client;
  private final DescriptorLoop loop;
  private final Consumer<ProcessSession> atEnd;
  private final ProcessInput input;
  private final ProcessOutput stdout;
  private final @Nullable ProcessOutput stderr;
  private final ProcessReport report;
  private final AtomicInteger group;

  private @Nullable Ending ending;
  private boolean told;
  private boolean released;

  /**
   * A session of {@code spawned}.
   *
   * @param atEnd called in the loop when the process has ended
   */
  ProcessSession(
      Spawned spawned, ClientEnd client, DescriptorLoop loop, Consumer<ProcessSession> atEnd) {
    this.spawned = spawned;
    this.client = client;
    this.loop = loop;
    this.atEnd = atEnd;
    input = new ProcessInput(spawned.stdin(), client, spawned.pty() == null, loop);
    stdout = new ProcessOutput(spawned.stdout(), ClientEnd.Output.STDOUT, client);
    stderr =
        spawned.stderr() < 0
            ? null
            : new ProcessOutput(spawned.stderr(), ClientEnd.Output.STDERR, client);
    report = new ProcessReport(spawned.report());
    group = new AtomicInteger(spawned.report() < 0 ? spawned.process() : 0);
  }

  Spawned spawned() {
    return spawned;
  }

  @Override
  public void begin() {
    loop.execute(this::watchAll);
  }

  private void watchAll() {
    try {
      if (!released) {
        loop.watch(stdout.descriptor(), DescriptorLoop.READABLE, this::outputReady);
        loop.watch(input.descriptor(), DescriptorLoop.WRITABLE, input::flush);
        if (stderr != null) {
          loop.watch(stderr.descriptor(), DescriptorLoop.READABLE, this::outputReady);
        }
      }
    } catch (IOException e) {
      log.warn("a session can't be watched: {}", e.getMessage());
      client.exit(new Ending.Silent());
    }
  }

  /** Called by the loop, once, when the session is made. */
  void watchProcess() {
    try {
      loop.watch(spawned.watch(), DescriptorLoop.READABLE, this::processEnded);
      if (spawned.report() >= 0) {
        loop.watch(spawned.report(), DescriptorLoop.READABLE, this::reported);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("a process can't be watched", e);
    }
  }

  private void outputReady() {
    stdout.ready();
    if (stderr != null) {
      stderr.ready();
    }
    pump();
  }

  private void pump() {
    if (released) {
      return;
    }
    boolean more = stdout.pump() == ProcessOutput.Pumped.MORE;
    ProcessOutput.Pumped errors = stderr == null ? ProcessOutput.Pumped.DRY : stderr.pump();
    if (more || errors == ProcessOutput.Pumped.MORE) {
      loop.execute(this::pump);
    } else if (ending != null && stdout.hasEnded() && errors == ProcessOutput.Pumped.DRY && !told) {
      told = true;
      client.exit(ending);
    }
  }

  private void reported() {
    report.read();
    group.set(report.process());
  }

  private void processEnded() {
    try {
      WaitStatus status = Processes.await(spawned.process());
      group.set(0);
      report.read();
      ending = report.statusOr(status).ending();
    } catch (IOException e) {
      log.warn("the end of a session's process: {}", e.getMessage());
      ending = new Ending.Silent();
    }
    close(spawned.watch());
    close(spawned.report());
    atEnd.accept(this);
    outputReady();
  }

  @Override
  public int input(byte[] bytes, int offset, int length) {
    return input.write(bytes, offset, length);
  }

  @Override
  public boolean echoes() {
    return spawned.pty() == null || input.echoes();
  }

  @Override
  public void inputEnded() {
    input.end();
  }

  @Override
  public void resize(WindowSize size) {
    if (spawned.pty() != null) {
      tryTo("resize", () -> input.resize(size));
    }
  }

  /** To the group in the terminal's foreground, else to the process's own. */
  @Override
  public void signal(String name) {
    Signals.number(name).ifPresent(number -> loop.execute(() -> signalGroups(number)));
  }

  private void signalGroups(int number) {
    int leader = group.get();
    if (leader > 0 && !released) {
      int foreground = foreground();
      Processes.signalGroup(foreground > 0 ? foreground : leader, number);
    }
  }

  private int foreground() {
    PtyMaster pty = spawned.pty();
    try {
      return pty == null ? 0 : pty.foreground();
    } catch (IOException e) {
      return 0;
    }
  }

  @Override
  public boolean sendBreak(Duration length) {
    PtyMaster pty = spawned.pty();
    if (pty == null) {
      return false;
    }
    loop.execute(() -> {
      if (!released) {
        tryTo("break", pty::sendBreak);
      }
    });
    return true;
  }

  @Override
  public void writable() {
    loop.execute(this::pump);
  }

  /** The terminal is hung up by it; pipes break. */
  @Override
  public void closed() {
    loop.execute(this::release);
  }

  private void release() {
    if (released) {
      return;
    }
    released = true;
    input.close();
    close(stdout.descriptor());
    close(spawned.stderr());
  }

  private void close(int descriptor) {
    if (descriptor >= 0) {
      loop.forget(descriptor);
      Descriptors.close(descriptor);
    }
  }

  private interface Attempt {
    void make() throws IOException;
  }

  private static void tryTo(String what, Attempt attempt) {
    try {
      attempt.make();
    } catch (IOException e) {
      log.debug("{}: {}", what, e.getMessage());
    }
  }
}

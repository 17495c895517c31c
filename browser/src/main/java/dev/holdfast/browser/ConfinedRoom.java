package dev.holdfast.browser;

import dev.holdfast.forward.Server;
import dev.holdfast.forward.SessionMonitor;
import dev.holdfast.link.ConfinedProcess;
import dev.holdfast.link.Confinement;
import dev.holdfast.link.Descriptor;
import dev.holdfast.ssh.MonitorMessage;
import dev.holdfast.ssh.MonitorTalk;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The room of a window in a confined process, {@link RoomProcess}: it is given the browser's
 * connections and the server's, and reaches nothing else. A process that ends is followed by
 * another one when the browser next wants something. Thread-safe.
 */
final class ConfinedRoom implements Room {
  /** One that ended sooner is followed by none until that has passed. */
  static final Duration LEAST_LIFE = Duration.ofSeconds(1);

  private final SessionMonitor monitor;
  private final Program program;
  private final WindowRoom.Plan plan;
  private final Runnable came;
  private final Consumer<String> tell;
  private final Server.Hold network;

  // Guarded by this.
  private @Nullable Inhabitant now;
  private boolean isClosed;

  /**
   * The program of the process.
   *
   * @param command its words, the first an absolute path
   * @param files what it reads
   */
  record Program(List<String> command, List<Path> files) {
    Program {
      command = List.copyOf(command);
      files = List.copyOf(files);
    }
  }

  /** A process, what it is told by, and since when. */
  private record Inhabitant(ConfinedProcess process, MonitorTalk tells, long since) {}

  /** One with a process that has begun to run. */
  ConfinedRoom(
      SessionMonitor monitor,
      Program program,
      WindowRoom.Plan plan,
      Runnable came,
      Consumer<String> tell)
      throws IOException {
    this.monitor = monitor;
    this.program = program;
    this.plan = plan;
    this.came = came;
    this.tell = tell;
    now = start();
    network = monitor.onNetworkChange(this::networkChanged);
  }

  private Inhabitant start() throws IOException {
    Path own = Objects.requireNonNull(plan.memory().getParent());
    ConfinedProcess process =
        ConfinedProcess.start(program.command(), new Confinement(program.files(), List.of(own)));
    Inhabitant made = new Inhabitant(process, new MonitorTalk(process.tells()), System.nanoTime());
    Thread.ofPlatform().daemon().name("monitor").start(() -> answer(process));
    ConfinedWords.follow(process.said(), tell);
    made.tells()
        .tell(
            MonitorMessage.about("begin")
                .with("login", monitor.name())
                .with("internet", plan.allowsInternet())
                .with("memory", plan.memory().toString()));
    return made;
  }

  /** All that the process may ask for. */
  private void answer(ConfinedProcess process) {
    MonitorTalk asked = new MonitorTalk(process.asks());
    try {
      for (Optional<MonitorTalk.Heard> it = asked.hear(); it.isPresent(); it = asked.hear()) {
        it.get().close();
        switch (it.get().message().about()) {
          case "login" -> monitor.begin(asked);
          case "came" -> {
            came.run();
            asked.tell(MonitorMessage.empty());
          }
          default -> throw new IOException("A confined process asked for what there is not.");
        }
      }
    } catch (IOException | RuntimeException e) {
      // It has ended, or speaks something else; a process that can't be trusted has no use.
    } finally {
      ended(process);
    }
  }

  private void ended(ConfinedProcess process) {
    process.close();
    synchronized (this) {
      if (isClosed) {
        return;
      }
    }
    tell.accept(
        "The process of the window of "
            + monitor.name()
            + " has ended; another one takes its place, and what was open must be loaded anew.");
  }

  @Override
  public void take(SocketChannel accepted) throws IOException {
    MonitorTalk tells = inhabitant().tells();
    try (Descriptor given = Descriptor.takeFrom(accepted)) {
      tells.tell(MonitorMessage.about("connection"), List.of(given));
    }
  }

  private synchronized Inhabitant inhabitant() throws IOException {
    Inhabitant before = now;
    if (before != null && !before.process().ended().isDone()) {
      return before;
    }
    if (isClosed || (before != null && System.nanoTime() - before.since() < LEAST_LIFE.toNanos())) {
      throw new IOException("There is no process for the window of " + monitor.name() + ".");
    }
    Inhabitant next = start();
    now = next;
    return next;
  }

  private void networkChanged() {
    Thread.ofVirtual()
        .name("network-changed")
        .start(() -> {
          Inhabitant it;
          synchronized (this) {
            it = now;
          }
          try {
            if (it != null) {
              it.tells().tell(MonitorMessage.about("network"));
            }
          } catch (IOException | RuntimeException e) {
            // It has ended.
          }
        });
  }

  @Override
  public void close() {
    Inhabitant last;
    synchronized (this) {
      isClosed = true;
      last = now;
    }
    network.close();
    if (last != null) {
      last.process().close();
    }
  }
}

package dev.holdfast.cli;

import dev.holdfast.link.DescriptorSocket;
import dev.holdfast.link.Gate;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One service of this process in the line of processes that have its port one after the other: it
 * waits to be taken over, keeps what lives in it when it was, and serves again if its successor is
 * gone without a word. Thread-safe.
 */
final class Succession implements Closeable {
  private final String name;
  private final Path meeting;
  private final Service service;
  private final ServiceLog log;
  private State state = State.LEADING;
  private @Nullable HandoverPoint point;
  private long successor;
  private volatile Runnable changed = () -> {};

  /** A service that other processes can take over. Thread-safe; an edge. */
  interface Service {
    /** Where its clients come in. */
    Gate gate();

    /** Whether all of it moves to the other process, so that this one can't serve again. */
    default boolean moves() {
      return false;
    }

    /** It has the port: does what only one of the processes may do. */
    void lead() throws IOException;

    /** Another process has the port: keeps what lives here. */
    void leave();

    /** It listens no more, and nobody has taken over: whoever can come back elsewhere is sent. */
    void retire() throws InterruptedException;

    /** Whether nothing lives here any more, and nobody is expected. */
    boolean isEmpty();
  }

  /** Whether it has the port, gave it to another process, or gave it up. */
  private enum State {
    LEADING,
    LEFT,
    RETIRED
  }

  /**
   * One.
   *
   * @param name of the service, for the log
   * @param meeting where processes of the service find each other
   */
  Succession(String name, Path meeting, Service service, ServiceLog log) {
    this.name = name;
    this.meeting = meeting;
    this.service = service;
    this.log = log;
  }

  /** Starts a service. */
  @FunctionalInterface
  interface Start<T> {
    /**
     * Starts it.
     *
     * @param from the process to take over from, which is closed if this fails; null if there is
     *     none
     */
    T from(@Nullable DescriptorSocket from) throws IOException;
  }

  /**
   * Starts a service, and takes over if told to. Whoever has the port may just be handing it back
   * by dying: then it is not to be met for a moment, and the port is not free either.
   */
  static <T> T start(Path meeting, boolean takeOver, Start<T> start) throws IOException {
    return Patiently.bind(
        takeOver,
        () -> {
          Optional<DescriptorSocket> running =
              takeOver ? HandoverPoint.connect(meeting) : Optional.empty();
          try {
            return start.from(running.orElse(null));
          } catch (IOException e) {
            if (running.isPresent()) {
              running.get().close();
            }
            throw isInUse(e) ? new BindException(e.getMessage()) : e;
          }
        });
  }

  private static boolean isInUse(IOException e) {
    return e.getCause() instanceof BindException cause
        && String.valueOf(cause.getMessage()).contains("in use");
  }

  /**
   * Leads, and can be taken over from now on.
   *
   * @param whenChanged runs when the port went to another process, or came back
   */
  synchronized void begin(Runnable whenChanged) throws IOException {
    changed = whenChanged;
    service.lead();
    point = meet();
  }

  /** Without a place to be met it can't be taken over, but it works. */
  private @Nullable HandoverPoint meet() {
    try {
      return HandoverPoint.open(
          meeting, this::handOver, problem -> log.say(ServiceLog.Level.WARN, "handover", problem));
    } catch (IOException e) {
      log.say(
          ServiceLog.Level.WARN,
          "handover",
          "the %s can't be taken over: %s; state-dir names another place"
              .formatted(name, e.getMessage()));
      return null;
    }
  }

  private void handOver(HandoverPoint at, DescriptorSocket to)
      throws IOException, InterruptedException {
    service.gate().handOver(to);
    at.close();
    left(to.peer().process());
    if (!service.moves() && service.gate().awaitSuccessor(to)) {
      takeBack();
    }
  }

  private synchronized void left(long process) {
    if (state == State.LEADING) {
      state = State.LEFT;
      successor = process;
      point = null;
      service.leave();
      log.say(
          ServiceLog.Level.INFO,
          "handover",
          "process %d has the port of the %s now; what lives here goes on"
              .formatted(process, name));
    }
    changed.run();
  }

  private synchronized void takeBack() throws IOException {
    if (state == State.LEFT) {
      log.say(
          ServiceLog.Level.WARN,
          "handover",
          "the successor of the %s is gone; serving again".formatted(name));
      state = State.LEADING;
      service.lead();
      point = meet();
    }
    changed.run();
  }

  /** Gives the port up; what lives here, and can't come back elsewhere, goes on. */
  synchronized void retire() throws InterruptedException {
    if (state == State.LEADING) {
      state = State.RETIRED;
      close();
      service.gate().retire();
      service.leave();
      service.retire();
    }
  }

  /** Whether it has the port. */
  synchronized boolean isLeading() {
    return state == State.LEADING;
  }

  /** Whether it has given the port away or up, and nothing lives here any more. */
  synchronized boolean isDone() {
    return state != State.LEADING && service.isEmpty();
  }

  /** The process that took over last; 0 if none has. */
  synchronized long successor() {
    return state == State.LEFT ? successor : 0;
  }

  /** Nobody can take over any more. */
  @Override
  public synchronized void close() {
    HandoverPoint here = point;
    point = null;
    if (here != null) {
      here.close();
    }
  }
}

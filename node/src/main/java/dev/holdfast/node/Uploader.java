package dev.holdfast.node;

import dev.holdfast.recording.DirectoryParts;
import dev.holdfast.recording.PartStore;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands parts that are whole to their destination, those of a recording in their order, and deletes
 * each when the destination has it. While the destination fails it is asked again and again, less
 * and less often. Thread-safe; one lock guards who is waiting, and nothing is done under it.
 */
final class Uploader implements AutoCloseable {
  /** Recordings of which parts are under way at the same time. */
  static final int MOST_AT_ONCE = 4;

  static final Duration FIRST_WAIT = Duration.ofMillis(500);
  static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

  private static final Logger log = LoggerFactory.getLogger(Uploader.class);

  private final PartStore destination;
  private final SpoolRoom room;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Set<Path> waiting = new LinkedHashSet<>();
  private final Set<Path> underWay = new HashSet<>();
  private final List<Thread> workers = new ArrayList<>();
  private long waitNanos;
  private long notBefore;
  private boolean closed;

  Uploader(PartStore destination, SpoolRoom room) {
    this.destination = destination;
    this.room = room;
    for (int i = 0; i < MOST_AT_ONCE; i++) {
      workers.add(Thread.ofVirtual().name("node-uploader-" + i).start(this::work));
    }
  }

  /** A part in this directory of a recording is whole, or nothing more comes there. */
  void add(Path recording) {
    lock.lock();
    try {
      waiting.add(recording);
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until everything is handed over; returns whether it is. */
  boolean awaitIdle(Duration most) {
    long end = System.nanoTime() + most.toNanos();
    lock.lock();
    try {
      while (!waiting.isEmpty() || !underWay.isEmpty()) {
        if (changed.awaitNanos(end - System.nanoTime()) <= 0) {
          return false;
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    try {
      for (Optional<Path> next = next(); next.isPresent(); next = next()) {
        Path recording = next.get();
        try {
          upload(recording);
          done(recording, true);
        } catch (IOException | RuntimeException e) {
          failed(recording, e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for work; empty when there will be none. */
  private Optional<Path> next() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (!closed) {
        long pause = notBefore - System.nanoTime();
        Optional<Path> first =
            waiting.stream().filter(each -> !underWay.contains(each)).findFirst();
        if (first.isPresent() && (waitNanos == 0 || pause <= 0)) {
          waiting.remove(first.get());
          underWay.add(first.get());
          return first;
        }
        if (first.isPresent()) {
          changed.awaitNanos(pause);
        } else {
          changed.await();
        }
      }
      return Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  private void upload(Path recording) throws IOException {
    String name = String.valueOf(recording.getFileName());
    for (Path part : SpooledParts.finished(recording)) {
      byte[] bytes = Files.readAllBytes(part);
      destination.put(name, DirectoryParts.index(part).orElseThrow(), bytes);
      Files.delete(part);
      room.give(bytes.length);
    }
    try {
      Files.deleteIfExists(recording);
    } catch (DirectoryNotEmptyException e) {
      // It goes on.
    }
  }

  private void done(Path recording, boolean worked) {
    boolean again;
    lock.lock();
    try {
      underWay.remove(recording);
      again = worked && waitNanos > 0;
      if (worked) {
        waitNanos = 0;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (again) {
      log.info("Recordings are handed over again.");
    }
  }

  private void failed(Path recording, Exception why) {
    boolean first;
    lock.lock();
    try {
      first = waitNanos == 0;
      waitNanos = first ? FIRST_WAIT.toNanos() : Math.min(2 * waitNanos, LONGEST_WAIT.toNanos());
      notBefore = System.nanoTime() + waitNanos;
      waiting.add(recording);
    } finally {
      lock.unlock();
    }
    done(recording, false);
    if (first) {
      log.warn("Recordings wait on this machine's disk: {}", why.getMessage());
    }
  }

  /** Begins nothing more; what waits stays where it is. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    for (Thread worker : workers) {
      try {
        interrupted |= !worker.join(LONGEST_WAIT);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

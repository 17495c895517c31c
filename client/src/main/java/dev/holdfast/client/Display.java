package dev.holdfast.client;

import dev.holdfast.ssh.WindowSize;
import dev.holdfast.terminal.Overlay;
import dev.holdfast.terminal.Size;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The terminal of a person on standard output, with what is painted over it: guesses of what keys
 * will do, and a line when the server is silent ({@link Overlay}).
 *
 * <p>What the host writes is written by who brings it. All else that happens waits in a queue while
 * the terminal takes no output, so keys are never held up by that. Thread-safe.
 */
final class Display implements AutoCloseable {
  /** Silence that is worth a word. */
  static final long SILENCE_NANOS = 2_000_000_000L;

  /** Most things that wait for a terminal which takes no output. */
  static final int MOST_WAITING = 512;

  /** When to look again whether a terminal takes output that did not. */
  private static final long BUSY_NANOS = 20_000_000;

  /** How long the end of the program waits for such a terminal. */
  private static final long GOODBYE_MILLIS = 200;

  /** Something that changes what is painted. */
  private interface Change {
    byte[] apply(long now);
  }

  private final OutputStream out;
  private final Overlay overlay;
  private final ArrayBlockingQueue<Change> waiting = new ArrayBlockingQueue<>(MOST_WAITING);

  /** Guards the overlay, and the order in which bytes are written. */
  private final ReentrantLock painting = new ReentrantLock();

  private boolean closed;

  /** What was not told, for want of room, is no longer known. */
  private volatile boolean overflowed;

  /** The next time at which something is to be painted although nothing happens; -1 for never. */
  private volatile long nextNanos = -1;

  private volatile long keys;

  /**
   * Whether it waits to be told that time has passed: once is enough, however often it is asked.
   */
  private final AtomicBoolean isPassing = new AtomicBoolean();

  private volatile String notice = "";

  Display(OutputStream out, WindowSize size, Overlay.Predict predict) {
    this.out = out;
    overlay = new Overlay(size(size), predict);
  }

  private static Size size(WindowSize size) {
    return Size.wanted(size.columns(), size.rows());
  }

  /** The host wrote that. */
  void write(byte[] bytes, int count) throws IOException {
    painting.lock();
    try {
      applyWaiting();
      if (overlay.isPainted()) {
        byte[] uncovered = overlay.uncover();
        byte[] covered = overlay.cover(bytes, 0, count, System.nanoTime());
        out.write(joined(uncovered, bytes, count, covered));
      } else {
        // First what somebody may wait for.
        out.write(bytes, 0, count);
        paint(overlay.cover(bytes, 0, count, System.nanoTime()));
      }
      nextNanos = overlay.nextNanos();
    } finally {
      painting.unlock();
    }
    drain();
  }

  /** A sentence of ours, on a line of its own. */
  void tell(String text) {
    byte[] bytes = (text.replace("\n", "\r\n") + "\r\n").getBytes(StandardCharsets.UTF_8);
    try {
      write(bytes, bytes.length);
    } catch (IOException e) {
      // Who brings output fails, too.
    }
  }

  private static byte[] joined(byte[] before, byte[] bytes, int count, byte[] behind) {
    byte[] all = new byte[before.length + count + behind.length];
    System.arraycopy(before, 0, all, 0, before.length);
    System.arraycopy(bytes, 0, all, before.length, count);
    System.arraycopy(behind, 0, all, before.length + count, behind.length);
    return all;
  }

  /** That was typed, and is on its way. */
  void typed(byte[] bytes) {
    if (bytes.length > 0) {
      change(now -> overlay.typed(bytes, 0, bytes.length, now));
    }
  }

  /** How many keys were typed so far. */
  long keys() {
    return keys;
  }

  /** So many keys have reached the server. */
  void reached(long count, long roundTripNanos) {
    change(now -> overlay.reached(count, roundTripNanos, now));
  }

  /** What the server wrote for so many keys, within a moment, is here. */
  void heard(long count) {
    change(now -> overlay.heard(count, now));
  }

  /** A line about the server; empty for none. */
  void notice(String text) {
    if (!text.equals(notice)) {
      notice = text;
      change(_ -> overlay.notice(text));
    }
  }

  /** The window has that size now. */
  void resized(WindowSize size) {
    change(_ -> overlay.resized(size(size)));
  }

  /** Time has passed. */
  void passed() {
    if (isPassing.compareAndSet(false, true)) {
      nextNanos = System.nanoTime() + BUSY_NANOS;
      change(now -> {
        isPassing.set(false);
        return overlay.passed(now);
      });
    }
  }

  /** When {@link #passed} is to be called, by {@link System#nanoTime}; -1 for never. */
  long nextNanos() {
    return nextNanos;
  }

  private void change(Change change) {
    overflowed |= !waiting.offer(change);
    drain();
  }

  /** By whoever can paint now; who holds the lock looks again when it has let go. */
  private void drain() {
    while (!waiting.isEmpty() && painting.tryLock()) {
      try {
        applyWaiting();
      } catch (IOException e) {
        waiting.clear();
        return; // Who brings output fails, too.
      } finally {
        painting.unlock();
      }
    }
  }

  private void applyWaiting() throws IOException {
    for (Change next = waiting.poll(); next != null; next = waiting.poll()) {
      long now = System.nanoTime();
      if (overflowed) {
        overflowed = false;
        isPassing.set(false);
        waiting.clear();
        // Nobody else has been there: what is painted is still known, only not what was typed
        // since.
        paint(overlay.uncover());
        paint(overlay.disturbed(now));
        paint(overlay.notice(notice));
      } else {
        paint(next.apply(now));
      }
      keys = overlay.keys();
      nextNanos = overlay.nextNanos();
    }
  }

  private void paint(byte[] bytes) throws IOException {
    if (bytes.length > 0 && !closed) {
      out.write(bytes);
    }
  }

  /** Nothing of ours is seen; somebody else uses the terminal until {@link #back}. */
  void leave() {
    atMost(GOODBYE_MILLIS, overlay::uncover);
  }

  /** Somebody else has used the terminal. */
  void back() {
    change(overlay::disturbed);
  }

  /** Nothing of ours is seen, and what the host's program switched on is off, for a shell. */
  void restore() {
    atMost(GOODBYE_MILLIS, overlay::farewell);
  }

  /** Nothing of ours is seen, and nothing more is painted. */
  @Override
  public void close() {
    leave();
    closed = true;
  }

  private interface Bytes {
    byte[] get();
  }

  private void atMost(long millis, Bytes bytes) {
    boolean locked = false;
    try {
      locked = painting.tryLock(millis, java.util.concurrent.TimeUnit.MILLISECONDS);
      if (locked) {
        paint(bytes.get());
      }
    } catch (IOException e) {
      // There is no terminal to restore.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (locked) {
        painting.unlock();
      }
    }
  }

  /** What to say of a silence. */
  static @Nullable String notice(String host, long awayNanos, long unansweredNanos) {
    if (awayNanos >= SILENCE_NANOS) {
      return host + ": link lost for " + LinkLog.words(awayNanos) + ", reconnecting";
    }
    return unansweredNanos >= SILENCE_NANOS
        ? host + ": no answer for " + LinkLog.words(unansweredNanos)
        : null;
  }
}

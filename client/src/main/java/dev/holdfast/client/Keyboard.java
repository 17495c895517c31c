package dev.holdfast.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What comes on standard input, for as long as the program runs, whichever session gets it. What is
 * typed while there is no session is kept for the next one, up to a bound; what was typed into one
 * that was lost is never typed again. Thread-safe.
 */
final class Keyboard {
  /** Bytes that are kept while there is no session. */
  static final int MOST_HELD = 4096;

  private static final int BUFFER = 64 * 1024;

  /** Where bytes go. */
  interface Sink {
    /** Sends them; may wait for the server. */
    void typed(byte[] bytes, int offset, int length) throws IOException;

    /** There will be no more. */
    void ended() throws IOException;
  }

  private final InputStream in;
  private final @Nullable Escapes escapes;
  private final Runnable refused;
  private final boolean isPerson;

  /**
   * Whoever writes to a sink has it, so that bytes stay in their order; taken before the monitor.
   */
  private final ReentrantLock delivery = new ReentrantLock();

  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private @Nullable Sink sink;
  private @Nullable TypedLine line;
  private boolean ended;
  private long sent;
  private long confirmed;

  /**
   * Of that input.
   *
   * @param escape the escape character's code; negative for none
   * @param commands told of escape sequences
   * @param isPerson whether somebody types, who does not wait as a pipe does
   * @param refused told of bytes that are not kept
   */
  Keyboard(InputStream in, int escape, IntConsumer commands, boolean isPerson, Runnable refused) {
    this.in = in;
    this.isPerson = isPerson;
    this.escapes = escape < 0 ? null : new Escapes(escape, commands);
    this.refused = refused;
  }

  /** Begins to read, on a thread of its own: a native read must not hold a virtual one. */
  void start() {
    Thread.ofPlatform().daemon().name("input").start(this::read);
  }

  private void read() {
    byte[] bytes = new byte[BUFFER];
    try {
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        if (escapes == null || isPrompting()) {
          take(bytes, count);
        } else {
          byte[] filtered = escapes.filtered(bytes, count);
          take(filtered, filtered.length);
        }
      }
    } catch (IOException e) {
      // The same as an end: nothing comes any more.
    }
    end();
  }

  synchronized boolean isPrompting() {
    return line != null;
  }

  private void take(byte[] bytes, int count) {
    if (!isPerson) {
      awaitSession();
    }
    delivery.lock();
    try {
      Sink to = recipient(bytes, count);
      if (to != null && count > 0) {
        to.typed(bytes, 0, count);
      }
    } catch (IOException e) {
      // The session was lost, and what was being sent with it; it counts as not confirmed.
    } finally {
      delivery.unlock();
    }
  }

  private synchronized void awaitSession() {
    try {
      while (sink == null && line == null) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized @Nullable Sink recipient(byte[] bytes, int count) {
    if (line != null) {
      line.typed(bytes, count);
      return null;
    }
    if (sink == null) {
      int kept = Math.min(count, MOST_HELD - held.size());
      held.write(bytes, 0, kept);
      if (kept < count) {
        refused.run();
      }
      return null;
    }
    sent += count;
    return sink;
  }

  private void end() {
    delivery.lock();
    try {
      Sink to;
      synchronized (this) {
        ended = true;
        to = sink;
        if (line != null) {
          line.ended();
        }
      }
      if (to != null) {
        to.ended();
      }
    } catch (IOException e) {
      // Whoever reads the output sees the end, too.
    } finally {
      delivery.unlock();
    }
  }

  /** Gives {@code next} what is kept, and from then on all that comes. */
  void lead(Sink next) {
    delivery.lock();
    try {
      byte[] kept;
      boolean over;
      synchronized (this) {
        kept = held.toByteArray();
        held.reset();
        sent = kept.length;
        confirmed = 0;
        sink = next;
        notifyAll();
        over = ended;
      }
      if (kept.length > 0) {
        next.typed(kept, 0, kept.length);
      }
      if (over) {
        next.ended();
      }
    } catch (IOException e) {
      // As above.
    } finally {
      delivery.unlock();
    }
  }

  /** Keeps what comes from now on for the next session. */
  synchronized void hold() {
    sink = null;
  }

  /** Bytes that were given to the present session so far. */
  synchronized long sent() {
    return sent;
  }

  /** The server has so many of them. */
  synchronized void confirm(long bytes) {
    confirmed = Math.max(confirmed, bytes);
  }

  /** Bytes of which nobody knows whether the server has them. */
  synchronized long unconfirmed() {
    return sent - confirmed;
  }

  /** Takes the next line for an answer; null when there is none. */
  @Nullable String answer(TypedLine typing) throws InterruptedException {
    synchronized (this) {
      line = typing;
      notifyAll();
      if (ended) {
        typing.ended();
      }
    }
    try {
      return typing.await();
    } finally {
      synchronized (this) {
        line = null;
      }
    }
  }
}

package dev.holdfast.node;

import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.WindowSize;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way into a process: what a client sends is written at once by the thread that read it from
 * the connection; what does not fit waits here, counted against the client's window, until the loop
 * says that there is room. Thread-safe; one lock guards the descriptor, whose calls never wait.
 */
final class ProcessInput {
  private static final Logger log = LoggerFactory.getLogger(ProcessInput.class);

  private final int descriptor;
  private final ClientEnd client;
  private final boolean closesAtEnd;
  private final DescriptorLoop loop;
  private final ReentrantLock lock = new ReentrantLock();
  private final DescriptorCalls calls = new DescriptorCalls();
  private final ByteQueue waiting = new ByteQueue(ClientEnd.WINDOW);
  private State state = State.OPEN;

  private enum State {
    /** Takes input; becomes any other. */
    OPEN,
    /** The client has sent everything; becomes BROKEN when that is written. */
    ENDING,
    /** Nobody reads any more: input is thrown away, so that the client is not held up. */
    BROKEN,
    /** The descriptor is closed. */
    CLOSED
  }

  /**
   * The way in through {@code descriptor}, which does not wait.
   *
   * @param closesAtEnd whether the process sees the end of input by it: a pipe, not a pty
   */
  ProcessInput(int descriptor, ClientEnd client, boolean closesAtEnd, DescriptorLoop loop) {
    this.descriptor = descriptor;
    this.client = client;
    this.closesAtEnd = closesAtEnd;
    this.loop = loop;
  }

  int descriptor() {
    return descriptor;
  }

  /** Takes bytes in; returns how many of them no longer count. */
  int write(byte[] bytes, int offset, int length) {
    lock.lock();
    try {
      if (state != State.OPEN) {
        return length;
      }
      int written = 0;
      while (waiting.size() == 0 && written < length) {
        int count = calls.write(descriptor, bytes, offset + written, length - written);
        if (count == DescriptorCalls.BROKEN) {
          state = State.BROKEN;
          return length;
        }
        if (count == 0) {
          break;
        }
        written += count;
      }
      if (written < length) {
        waiting.add(bytes, offset + written, length - written);
      }
      return written;
    } catch (IOException e) {
      return broken(e) + length;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the terminal shows what is written to it; false once the descriptor is closed. */
  boolean echoes() {
    lock.lock();
    try {
      return state != State.CLOSED && PtyMaster.echoes(descriptor);
    } catch (IOException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  /** Gives the terminal a size, before what is typed afterwards comes to it. */
  void resize(WindowSize size) throws IOException {
    lock.lock();
    try {
      if (state != State.CLOSED) {
        PtyMaster.resize(descriptor, size);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The client sends no more. */
  void end() {
    lock.lock();
    try {
      if (state == State.OPEN && closesAtEnd) {
        state = State.ENDING;
        closeIfDone();
      }
    } finally {
      lock.unlock();
    }
  }

  /** There is room again; called by the loop. */
  void flush() {
    int freed = drain();
    if (freed > 0) {
      client.consumed(freed);
    }
  }

  private int drain() {
    int freed = 0;
    lock.lock();
    try {
      while (waiting.size() > 0 && (state == State.OPEN || state == State.ENDING)) {
        int count = waiting.drain((b, at, length) -> calls.write(descriptor, b, at, length));
        if (count == DescriptorCalls.BROKEN) {
          return freed + broken(null);
        }
        if (count == 0) {
          return freed;
        }
        freed += count;
      }
      closeIfDone();
      return freed;
    } catch (IOException e) {
      return freed + broken(e);
    } finally {
      lock.unlock();
    }
  }

  private int broken(@Nullable IOException why) {
    if (why != null) {
      log.debug("input of a process: {}", why.getMessage());
    }
    int thrownAway = waiting.size();
    waiting.clear();
    if (state == State.OPEN || state == State.ENDING) {
      state = State.BROKEN;
    }
    return thrownAway;
  }

  private void closeIfDone() {
    if (state == State.ENDING && waiting.size() == 0) {
      closeByLoop();
    }
  }

  /** Closes the descriptor unless that was done. */
  void close() {
    lock.lock();
    try {
      if (state != State.CLOSED) {
        waiting.clear();
        closeByLoop();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Not before the loop has stopped watching it. */
  private void closeByLoop() {
    state = State.CLOSED;
    loop.execute(() -> {
      loop.forget(descriptor);
      Descriptors.close(descriptor);
    });
  }
}

package dev.holdfast.node;

import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ServedSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is typed into a named session by all that are attached: each byte once, those of one client
 * in their order, and none ahead of what the program takes by more than a client's window.
 * Thread-safe; one lock, under which nothing waits.
 */
final class SessionKeys {
  /** Bytes that the terminal's own answers may add to what clients typed. */
  private static final int SLACK = 4096;

  /** Most bytes from clients that the program has not taken. */
  static final int MOST_OUTSTANDING = ClientEnd.WINDOW - SLACK;

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Credit> credits = new ArrayDeque<>();
  private final List<Typist> waiting = new ArrayList<>();
  private @Nullable ServedSession program;
  private int outstanding;

  /** Bytes that the program has not taken, and whose they are; nobody's if null. */
  private record Credit(@Nullable ClientEnd client, int bytes) {}

  /** One client's keys. Guarded by the session's lock. */
  static final class Typist {
    private final ClientEnd client;
    private final ByteQueue held = new ByteQueue(ClientEnd.WINDOW);

    Typist(ClientEnd client) {
      this.client = client;
    }
  }

  void goTo(ServedSession target) {
    program = target;
  }

  /** Types bytes; returns how many no longer count against the client's window. */
  int type(Typist from, byte[] bytes, int offset, int length) {
    lock.lock();
    try {
      if (from.held.size() > 0 || outstanding + length > MOST_OUTSTANDING) {
        if (from.held.size() == 0) {
          waiting.add(from);
        }
        from.held.add(bytes, offset, length);
        return 0;
      }
      return pass(from.client, bytes, offset, length);
    } finally {
      lock.unlock();
    }
  }

  /** Types what the terminal itself answers, unless the program takes nothing. */
  void answer(byte[] bytes) {
    lock.lock();
    try {
      if (outstanding + bytes.length <= ClientEnd.WINDOW) {
        pass(null, bytes, 0, bytes.length);
      }
    } finally {
      lock.unlock();
    }
  }

  /** The program has taken so many bytes that had to wait. */
  void consumed(int bytes) {
    List<Credit> taken = new ArrayList<>();
    lock.lock();
    try {
      outstanding -= bytes;
      int left = bytes;
      while (left > 0) {
        Credit first = credits.removeFirst();
        int count = Math.min(left, first.bytes);
        if (count < first.bytes) {
          credits.addFirst(new Credit(first.client, first.bytes - count));
        }
        taken.add(new Credit(first.client, count));
        left -= count;
      }
      passHeld(taken);
    } finally {
      lock.unlock();
    }
    taken.forEach(SessionKeys::tell);
  }

  /** What it typed and the program was not yet given is dropped. */
  void forget(Typist typist) {
    lock.lock();
    try {
      typist.held.clear();
      waiting.remove(typist);
    } finally {
      lock.unlock();
    }
  }

  private void passHeld(List<Credit> taken) {
    while (!waiting.isEmpty() && outstanding < MOST_OUTSTANDING) {
      Typist first = waiting.getFirst();
      try {
        first.held.drain((bytes, offset, length) -> {
          int count = Math.min(length, MOST_OUTSTANDING - outstanding);
          int left = pass(first.client, bytes, offset, count);
          taken.add(new Credit(first.client, left));
          return count;
        });
      } catch (IOException e) {
        throw new UncheckedIOException("a queue in memory", e);
      }
      if (first.held.size() == 0) {
        waiting.removeFirst();
      }
    }
  }

  private int pass(@Nullable ClientEnd client, byte[] bytes, int offset, int length) {
    if (program == null) {
      return length;
    }
    int left = program.input(bytes, offset, length);
    if (left < length) {
      outstanding += length - left;
      credits.add(new Credit(client, length - left));
    }
    return left;
  }

  private static void tell(Credit credit) {
    if (credit.client != null && credit.bytes > 0) {
      credit.client.consumed(credit.bytes);
    }
  }
}

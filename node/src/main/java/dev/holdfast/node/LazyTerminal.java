package dev.holdfast.node;

import dev.holdfast.terminal.Terminal;
import java.util.Arrays;

/**
 * A terminal at which nobody looks for now: what is written is kept as the bytes it is, and given
 * to it in larger portions, or when somebody looks. Of a flood of plain lines it prints the last
 * screenful of each portion alone. Its answers are dropped. Caller locks.
 */
final class LazyTerminal {
  /** Most bytes that wait. */
  static final int MOST_WAITING = 32 * 1024;

  private static final int LEAST_GROWN = 1024;

  private final Terminal terminal;
  private byte[] waiting = new byte[0];
  private int count;

  LazyTerminal(Terminal terminal) {
    this.terminal = terminal;
  }

  /** What the program wrote next. */
  void feed(byte[] bytes, int offset, int length) {
    if (count + length > MOST_WAITING) {
      catchUp();
    }
    if (length > MOST_WAITING) {
      terminal.feed(bytes, offset, offset + length);
      dropAnswers();
    } else {
      add(bytes, offset, length);
    }
  }

  private void add(byte[] bytes, int offset, int length) {
    int all = count + length;
    if (all > waiting.length) {
      int grown = Math.clamp(2L * all, LEAST_GROWN, MOST_WAITING);
      waiting = Arrays.copyOf(waiting, grown);
    }
    System.arraycopy(bytes, offset, waiting, count, length);
    count = all;
  }

  /** Bytes that wait. */
  int waiting() {
    return count;
  }

  /** It as it is now; to be used before the next call. */
  Terminal current() {
    catchUp();
    return terminal;
  }

  private void catchUp() {
    if (count > 0) {
      terminal.feed(waiting, 0, count);
      count = 0;
      dropAnswers();
    }
  }

  /** The owner's own terminal answers. */
  private void dropAnswers() {
    if (!terminal.hasNoAnswers()) {
      terminal.takeAnswers();
    }
  }
}

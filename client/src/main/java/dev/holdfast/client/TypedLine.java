package dev.holdfast.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A line that a person types at a terminal whose modes are raw, for an answer or a command: ends
 * with Return, Backspace takes back, Ctrl-U takes back all, Ctrl-C gives up. Thread-safe.
 */
final class TypedLine {
  private static final int INTERRUPT = 3;
  private static final int KILL = 21;
  private static final int BACKSPACE = 8;
  private static final int DELETE = 127;

  private final OutputStream screen;
  private final boolean echo;
  private final ByteArrayOutputStream typed = new ByteArrayOutputStream();
  private final CountDownLatch done = new CountDownLatch(1);
  private boolean given;

  /**
   * A line of which nothing is typed.
   *
   * @param screen where it is shown
   * @param echo whether it may be seen
   */
  TypedLine(OutputStream screen, boolean echo) {
    this.screen = screen;
    this.echo = echo;
  }

  synchronized void typed(byte[] bytes, int count) {
    for (int i = 0; i < count && done.getCount() > 0; i++) {
      typed(bytes[i] & 0xff);
    }
  }

  private void typed(int c) {
    switch (c) {
      case '\r', '\n' -> {
        given = true;
        show("\r\n");
        done.countDown();
      }
      case INTERRUPT -> ended();
      case KILL -> {
        while (typed.size() > 0) {
          back();
        }
      }
      case BACKSPACE, DELETE -> {
        if (typed.size() > 0) {
          back();
        }
      }
      default -> {
        if (typed.size() < Prompts.MOST_BYTES) {
          typed.write(c);
          if (echo) {
            show(new byte[] {(byte) c});
          }
        }
      }
    }
  }

  /** Takes one character back, which in UTF-8 may be several bytes. */
  private void back() {
    byte[] all = typed.toByteArray();
    int length = all.length - 1;
    while (length > 0 && (all[length] & 0xc0) == 0x80) {
      length--;
    }
    typed.reset();
    typed.write(all, 0, length);
    if (echo) {
      show("\b \b");
    }
  }

  private void show(String text) {
    show(text.getBytes(StandardCharsets.US_ASCII));
  }

  private void show(byte[] bytes) {
    try {
      screen.write(bytes);
      screen.flush();
    } catch (IOException e) {
      // Then it is not seen.
    }
  }

  /** Nothing more comes. */
  synchronized void ended() {
    show("\r\n");
    done.countDown();
  }

  /** The line once it is there; null if there is none. */
  @Nullable String await() throws InterruptedException {
    done.await();
    synchronized (this) {
      return given ? typed.toString(StandardCharsets.UTF_8) : null;
    }
  }
}

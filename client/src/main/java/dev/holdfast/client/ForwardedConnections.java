package dev.holdfast.client;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** The forwarded connections of one run, no more than a bound. Thread-safe. */
final class ForwardedConnections {
  /** Connections at a time; as many descriptors again are in use for what they lead to. */
  static final int MOST = 512;

  private final Map<Integer, String> open = new TreeMap<>();
  private int next = 1;

  /** A place for one more, as which it is listed; freed by {@link #free}. */
  synchronized int take(String what) throws IOException {
    if (open.size() == MOST) {
      throw new IOException("there are " + MOST + " forwarded connections already");
    }
    open.put(next, what);
    return next++;
  }

  synchronized void free(int place) {
    open.remove(place);
  }

  /** A line for each, as ~# shows them. */
  synchronized String listed() {
    StringBuilder lines = new StringBuilder("  #0 client-session");
    open.forEach((number, what) -> lines.append("\n  #").append(number).append(' ').append(what));
    return lines.toString();
  }

  /** A bound on a time that ends when this is closed. */
  interface Deadline extends AutoCloseable {
    @Override
    void close();
  }

  /** Closes {@code socket} unless what is returned is closed before. */
  static Deadline within(Duration most, Duplex socket) {
    Thread waiting =
        Thread.ofVirtual()
            .name("forward-deadline")
            .start(() -> {
              try {
                Thread.sleep(most);
                socket.close();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    return waiting::interrupt;
  }
}

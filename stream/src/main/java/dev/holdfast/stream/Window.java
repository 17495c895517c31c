package dev.holdfast.stream;

/**
 * How far the peer may run ahead of our application: small for a key press, growing with bandwidth
 * × delay.
 *
 * <p>The rule is that of dynamic right-sizing (Fisk and Feng, 2001; Linux's tcp_rcv_space_adjust):
 * when the application took more than half a window within one round trip, the window is what
 * limits the peer, so it doubles. Confined like its endpoint.
 */
public final class Window {
  /** Bytes of a fresh window. */
  public static final int INITIAL = 256 * 1024;

  /** Bytes that a window grows to at most, unless told otherwise. */
  public static final int MOST = 64 * 1024 * 1024;

  private final int most;
  private int size;
  private long consumed;
  private long since;

  /** A window that starts at {@code initial} bytes and never exceeds {@code most}. */
  public Window(int initial, int most) {
    if (initial <= 0 || most < initial) {
      throw new IllegalArgumentException("window " + initial + ".." + most);
    }
    this.size = initial;
    this.most = most;
  }

  /** A window of the usual sizes. */
  public Window() {
    this(INITIAL, MOST);
  }

  /** Bytes at present. */
  int size() {
    return size;
  }

  /** The application took {@code bytes} bytes. */
  void consumed(int bytes) {
    consumed += bytes;
  }

  /**
   * Looks once a round trip whether the window is the bottleneck; does not grow when memory {@code
   * isTight}.
   */
  void adjust(long now, long rttNanos, boolean isTight) {
    if (now - since < rttNanos) {
      return;
    }
    if (consumed > size / 2 && !isTight) {
      size = (int) Math.min(most, 2L * size);
    }
    consumed = 0;
    since = now;
  }
}

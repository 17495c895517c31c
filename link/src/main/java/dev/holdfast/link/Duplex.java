package dev.holdfast.link;

/**
 * A connected byte stream as a program sees it: two directions, blocking, surviving whatever the
 * links below do. Thread-safe for one reader and one writer at a time.
 */
public interface Duplex extends java.io.Closeable {
  /**
   * Reads at least one byte into {@code target} (which has room); blocks; -1 when the peer has
   * finished.
   */
  int read(java.nio.ByteBuffer target) throws java.io.IOException;

  /** Writes all of {@code source}; blocks while the stream's buffers are full. */
  void write(java.nio.ByteBuffer source) throws java.io.IOException;

  /**
   * Writes as much of {@code source} as is taken without waiting, perhaps nothing. Counts as the
   * writer while it runs.
   */
  default void offer(java.nio.ByteBuffer source) throws java.io.IOException {}

  /**
   * Reads what is there into {@code target} (which has room), without waiting: 0 if that is
   * nothing, -1 when the peer has finished. Only where {@link #whenReadable} is true.
   */
  default int poll(java.nio.ByteBuffer target) throws java.io.IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Has {@code task} run once, soon after there is something to read, on a thread on which it may
   * take its time. False where that is not known: {@link #read} is the way then, and nothing
   * happens.
   */
  default boolean whenReadable(Runnable task) throws java.io.IOException {
    return false;
  }

  /** Says that no more will be written; the other direction stays open. */
  void shutdownOutput() throws java.io.IOException;

  /**
   * Ends both directions, at once for the caller; what was written is still delivered. Any blocked
   * read or write ends with an IOException.
   */
  @Override
  void close();

  /**
   * Whether it goes on when the connection below is lost. Then silence of the peer, however long,
   * says nothing about whether it comes back.
   */
  default boolean outlivesLinks() {
    return false;
  }

  java.net.SocketAddress localAddress();

  java.net.SocketAddress remoteAddress();
}

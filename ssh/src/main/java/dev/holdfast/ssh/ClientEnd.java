package dev.holdfast.ssh;

import java.io.IOException;
import java.util.function.Consumer;

/**
 * The client's end of a session channel, as what serves the session sees it. No call waits for the
 * client. Thread-safe, but for {@link #write}, {@link #end} and {@link #exit}, which are for one
 * thread at a time.
 */
public interface ClientEnd {
  /** Bytes that a client may send ahead of what was consumed. */
  int WINDOW = 2 << 20;

  /** Which of the two ways of output. */
  enum Output {
    STDOUT,
    STDERR
  }

  /** Where the bytes of output come from. */
  @FunctionalInterface
  interface Source {
    /**
     * Puts up to {@code length} bytes, which is positive, into {@code target}, without waiting.
     *
     * @return how many, 0 if there are none now, negative if there will be none
     */
    int read(byte[] target, int offset, int length) throws IOException;
  }

  /** Returned by {@link #write} when the source was not asked. */
  int NO_ROOM = Integer.MIN_VALUE;

  /**
   * Sends what {@code source} has, one packet at most, read straight into the packet.
   *
   * @return what the source returned; or {@link #NO_ROOM} if the client's window or the way to it
   *     is full, and {@link ServedSession#writable} will tell when to try again
   * @throws IOException of the source
   */
  int write(Output output, Source source) throws IOException;

  /** Whether {@link #write} would ask the source. */
  boolean isWritable();

  /** So many bytes of {@link ServedSession#input}'s, not told of before, have been taken. */
  void consumed(int bytes);

  /** No more output comes (SSH_MSG_CHANNEL_EOF); the channel stays open. */
  void end();

  /** Ends output, tells how the session ended and closes the channel. */
  void exit(Ending ending);

  /** The same client's end, of which {@code listener} is told the exit before the client is. */
  default ClientEnd heardBy(Consumer<Ending> listener) {
    return new HeardEnd(this, listener);
  }

  /** How a session ends. */
  sealed interface Ending {
    /**
     * A process exited (RFC 4254 6.10).
     *
     * @param status 0 to 255
     */
    record Status(int status) implements Ending {}

    /**
     * A process was killed.
     *
     * @param name of the signal, without SIG
     * @param coreDumped whether it left a core file
     * @param message for people; may be empty
     */
    record Signal(String name, boolean coreDumped, String message) implements Ending {}

    /** Without a word. */
    record Silent() implements Ending {}
  }
}

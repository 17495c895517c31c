package dev.holdfast.bench;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * One open connection between a client and a server: bytes in, bytes out, blocking.
 *
 * <p>One thread may read while another one writes; neither side may be used by two threads at once.
 */
interface Pipe extends Closeable {

  /** Returns a buffer of the kind, direct or heap, that this pipe copies least. */
  ByteBuffer buffer(int capacity);

  /** Reads at least one byte into the buffer's room and returns how many, or -1 at the end. */
  int read(ByteBuffer into) throws IOException;

  /** Writes everything that remains in the buffer. */
  void write(ByteBuffer from) throws IOException;
}

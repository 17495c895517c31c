package dev.holdfast.ssh;

import java.nio.ByteBuffer;

/**
 * Where a connection's next bytes are read into: small while little comes, so that an idle
 * connection costs little memory, and large as soon as a read fills it.
 *
 * <p>Confined to the connection's reader.
 */
final class ReadBuffer {
  /** Capacity while little comes: larger than any packet that is not bulk data. */
  static final int SMALL = 4 * 1024;

  /** Capacity for bulk data. */
  static final int LARGE = 64 * 1024;

  /** So many reads in a row that would have fitted the small buffer bring it back. */
  static final int PATIENCE = 64;

  private ByteBuffer buffer = ByteBuffer.allocate(SMALL);
  private int smallReads;

  /** The buffer, empty, with an array and no offset into it. */
  ByteBuffer empty() {
    return buffer.clear();
  }

  /** Chooses the size of the next buffer by how much was read into this one. */
  void wasFilled(int bytes) {
    if (bytes == buffer.capacity() && bytes < LARGE) {
      resize(LARGE);
    } else if (bytes > SMALL) {
      smallReads = 0;
    } else if (buffer.capacity() > SMALL && ++smallReads == PATIENCE) {
      resize(SMALL);
    }
  }

  int capacity() {
    return buffer.capacity();
  }

  private void resize(int bytes) {
    buffer = ByteBuffer.allocate(bytes);
    smallReads = 0;
  }
}

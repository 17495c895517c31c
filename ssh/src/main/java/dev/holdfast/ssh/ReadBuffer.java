package dev.holdfast.ssh;

import java.nio.ByteBuffer;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

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

  /** The buffer, empty, to read into. */
  ByteBuffer empty() {
    return buffer.clear();
  }

  /** What was read, for MINA; good until the buffer is used again. */
  Buffer filled() {
    Buffer bytes = new ByteArrayBuffer(buffer.array(), buffer.arrayOffset(), buffer.position());
    chooseNext(buffer.position());
    return bytes;
  }

  int capacity() {
    return buffer.capacity();
  }

  private void chooseNext(int bytes) {
    if (bytes == buffer.capacity() && bytes < LARGE) {
      resize(LARGE);
    } else if (bytes > SMALL) {
      smallReads = 0;
    } else if (buffer.capacity() > SMALL && ++smallReads == PATIENCE) {
      resize(SMALL);
    }
  }

  private void resize(int bytes) {
    buffer = ByteBuffer.allocate(bytes);
    smallReads = 0;
  }
}

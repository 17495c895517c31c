package dev.holdfast.ssh;

import java.nio.ByteBuffer;
import org.apache.sshd.common.io.AbstractIoWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;

/** One encrypted packet on its way to the stream, and MINA's future that says when it got there. */
final class PendingWrite extends AbstractIoWriteFuture {
  private final ByteBuffer packet;
  private final int size;

  PendingWrite(Object connection, Buffer packet) {
    super(connection, null);
    this.size = packet.available();
    this.packet = ByteBuffer.wrap(packet.array(), packet.rpos(), size);
  }

  ByteBuffer packet() {
    return packet;
  }

  /** Bytes, whether written or not. */
  int size() {
    return size;
  }
}

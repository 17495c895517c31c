package dev.holdfast.link;

import static dev.holdfast.link.Linux.INT;
import static dev.holdfast.link.Linux.LONG;
import static dev.holdfast.link.Linux.POINTER;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Native memory for one {@code sendmsg} or {@code recvmsg} at a time: bytes, and descriptors that
 * travel with the first of them (SCM_RIGHTS: unix(7), cmsg(3)).
 *
 * <pre>
 *   struct msghdr   0 name  8 its length  16 iovec  24 iovecs  32 control  40 its length  48 flags
 *   struct iovec    0 base  8 length
 *   struct cmsghdr  0 length, with the header  8 level  12 type  16 descriptors, 4 bytes each
 * </pre>
 *
 * <p>Nothing here waits. Confined to one thread at a time.
 */
final class SocketMessage {
  /** Most descriptors of one message: SCM_MAX_FD in the kernel's include/net/scm.h. */
  static final int DESCRIPTORS_MOST = 253;

  private static final int SCM_RIGHTS = 1;
  private static final int MSG_CTRUNC = 0x8;
  private static final int MSG_DONTWAIT = 0x40;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;

  private static final long MSGHDR_BYTES = 56;
  private static final long IOVEC_BYTES = 16;
  private static final long CMSGHDR_BYTES = 16;

  private final MemorySegment header;
  private final MemorySegment vector;
  private final MemorySegment control;
  private final MemorySegment memory;
  private final ByteBuffer bytes;

  /** Room for {@code capacity} bytes; the memory is given back with the object. */
  SocketMessage(int capacity) {
    Arena arena = Arena.ofAuto();
    header = arena.allocate(MSGHDR_BYTES, Long.BYTES);
    vector = arena.allocate(IOVEC_BYTES, Long.BYTES);
    control = arena.allocate(aligned(controlBytes(DESCRIPTORS_MOST)), Long.BYTES);
    memory = arena.allocate(capacity, Long.BYTES);
    bytes = memory.asByteBuffer();
    header.set(POINTER, 16, vector);
    header.set(LONG, 24, 1);
    header.set(POINTER, 32, control);
  }

  /** Says where to send to, on a socket that isn't connected: the bytes of a {@code sockaddr}. */
  void address(MemorySegment address) {
    header.set(POINTER, 0, address);
    header.set(INT, 8, (int) address.byteSize());
  }

  /** The bytes: those between position and limit are sent, or received. */
  ByteBuffer bytes() {
    return bytes;
  }

  /**
   * Sends at least one byte and all {@code descriptors} with it, or nothing.
   *
   * @return how many bytes went, by which the position moves on; 0 if there is no room
   */
  int send(int socket, List<Descriptor> descriptors) throws SystemCallException {
    point();
    header.set(LONG, 40, descriptors.isEmpty() ? 0 : aligned(put(descriptors)));
    try {
      return moved(SocketCalls.send(socket, header, MSG_DONTWAIT | MSG_NOSIGNAL));
    } catch (SystemCallException e) {
      return nothing(e);
    }
  }

  /**
   * Receives at least one byte, and with it descriptors if there are any; those are added to {@code
   * arrived} even if this fails.
   *
   * @return how many bytes came, by which the position moves on; 0 if there is none, -1 if there
   *     will be none
   */
  int receive(int socket, List<Descriptor> arrived) throws IOException {
    point();
    header.set(LONG, 40, control.byteSize());
    long count;
    try {
      count = SocketCalls.receive(socket, header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    } catch (SystemCallException e) {
      return nothing(e);
    }
    take(arrived);
    return count == 0 ? -1 : moved(count);
  }

  private static int nothing(SystemCallException e) throws SystemCallException {
    if (e.errno() == Linux.EAGAIN) {
      return 0;
    }
    throw e;
  }

  private int moved(long count) {
    bytes.position(bytes.position() + (int) count);
    return (int) count;
  }

  private void point() {
    vector.set(POINTER, 0, memory.asSlice(bytes.position()));
    vector.set(LONG, 8, bytes.remaining());
  }

  /** Writes the descriptors into the control part; returns how long it is. */
  private long put(List<Descriptor> descriptors) {
    long length = controlBytes(descriptors.size());
    control.set(LONG, 0, length);
    control.set(INT, 8, SocketCalls.SOL_SOCKET);
    control.set(INT, 12, SCM_RIGHTS);
    for (int i = 0; i < descriptors.size(); i++) {
      control.set(INT, CMSGHDR_BYTES + (long) i * Integer.BYTES, descriptors.get(i).number());
    }
    return length;
  }

  private void take(List<Descriptor> arrived) throws IOException {
    long end = header.get(LONG, 40);
    for (long at = 0; at + CMSGHDR_BYTES <= end; at += aligned(control.get(LONG, at))) {
      if (control.get(INT, at + 8) == SocketCalls.SOL_SOCKET
          && control.get(INT, at + 12) == SCM_RIGHTS) {
        long partEnd = at + control.get(LONG, at);
        for (long fd = at + CMSGHDR_BYTES; fd < partEnd; fd += Integer.BYTES) {
          arrived.add(Descriptor.fresh(control.get(INT, fd)));
        }
      }
    }
    if ((header.get(INT, 48) & MSG_CTRUNC) != 0) {
      throw new IOException(
          "Descriptors sent to this process were lost: it has as many files open as it may; raise"
              + " the limit (ulimit -n, or LimitNOFILE= in a systemd unit).");
    }
  }

  /** CMSG_LEN. */
  private static long controlBytes(int descriptors) {
    return CMSGHDR_BYTES + (long) descriptors * Integer.BYTES;
  }

  /** CMSG_ALIGN. */
  private static long aligned(long length) {
    return (length + Long.BYTES - 1) & -Long.BYTES;
  }
}

package dev.holdfast.link;

import static dev.holdfast.link.Linux.INT;
import static dev.holdfast.link.Linux.LONG;
import static dev.holdfast.link.Linux.POINTER;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;

/**
 * The UNIX datagram socket that a service manager listens at, as NOTIFY_SOCKET names it
 * (sd_notify(3)); the JDK has stream sockets only. Thread-safe.
 */
final class NoticeSocket {
  /** Longest notice: systemd reads no more (NOTIFY_BUFFER_MAX). */
  static final int NOTICE_BYTES_MOST = 4096;

  /** Longest address: {@code sun_path} less its final zero, unix(7). */
  static final int ADDRESS_BYTES_MOST = 107;

  /** How long a notice is tried while the manager has as many waiting as it takes. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration PAUSE = Duration.ofMillis(20);

  private static final int O_CLOEXEC = 0x80000;
  private static final short POLLIN = 1;

  private static final MethodHandle PIPE2 = Linux.function("pipe2", INT, POINTER, INT);
  private static final MethodHandle POLL = Linux.function("poll", INT, POINTER, LONG, INT);

  private final String address;
  private final MemorySegment socketAddress;
  private final Duration patience;

  private NoticeSocket(String address, MemorySegment socketAddress, Duration patience) {
    this.address = address;
    this.socketAddress = socketAddress;
    this.patience = patience;
  }

  /** The socket at {@code address}: an absolute path, or {@code @} and an abstract name. */
  static NoticeSocket at(String address, Duration patience) throws IOException {
    Linux.require("Telling a service manager");
    if (!address.startsWith("/") && !address.startsWith("@")) {
      throw new UnsupportedHostException(
          "NOTIFY_SOCKET=%s is neither a path nor an abstract name, so no service manager is told."
              .formatted(address));
    }
    byte[] name = address.getBytes(UTF_8);
    if (name.length > ADDRESS_BYTES_MOST) {
      throw new IOException(
          "NOTIFY_SOCKET=%s is longer than the %d bytes that the system takes."
              .formatted(address, ADDRESS_BYTES_MOST));
    }
    return new NoticeSocket(address, socketAddress(name), patience);
  }

  /** {@code struct sockaddr_un}: u16 family, name; an abstract one begins with 0 and has no end. */
  private static MemorySegment socketAddress(byte[] name) {
    MemorySegment address = Arena.ofAuto().allocate(Short.BYTES + name.length, Short.BYTES);
    address.set(ValueLayout.JAVA_SHORT, 0, (short) SocketCalls.AF_UNIX);
    MemorySegment.copy(name, 0, address, ValueLayout.JAVA_BYTE, Short.BYTES, name.length);
    if (name[0] == '@') {
      address.set(ValueLayout.JAVA_BYTE, Short.BYTES, (byte) 0);
    }
    return address;
  }

  /** The address as it was given. */
  String address() {
    return address;
  }

  /** Sends one notice, and descriptors with it. */
  void send(String notice, List<Descriptor> descriptors) throws IOException {
    SocketMessage message = new SocketMessage(NOTICE_BYTES_MOST);
    message.address(socketAddress);
    message.bytes().put(notice.getBytes(UTF_8)).flip();
    try (Descriptor socket =
        Descriptor.fresh(SocketCalls.socket(SocketCalls.AF_UNIX, SocketCalls.SOCK_DGRAM))) {
      long deadline = System.nanoTime() + patience.toNanos();
      while (message.send(socket.number(), descriptors) == 0) {
        pauseBefore(deadline);
      }
    }
  }

  private void pauseBefore(long deadline) throws IOException {
    if (System.nanoTime() - deadline > 0) {
      throw new SocketTimeoutException(
          "The service manager at %s takes no notices at the moment.".formatted(address));
    }
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while telling the service manager");
    }
  }

  /**
   * Waits until the manager has read everything sent before: it is given the end of a pipe, which
   * it closes when it comes to that notice (sd_notify_barrier(3)). Blocks its carrier thread.
   */
  boolean barrier(Duration within) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(INT, 2);
      Linux.call("pipe2", state -> (int) PIPE2.invokeExact(state, ends, O_CLOEXEC));
      try (Descriptor ours = Descriptor.fresh(ends.getAtIndex(INT, 0))) {
        try (Descriptor theirs = Descriptor.fresh(ends.getAtIndex(INT, 1))) {
          send("BARRIER=1", List.of(theirs));
        }
        return isClosed(ours, System.nanoTime() + within.toNanos(), arena);
      }
    }
  }

  private static boolean isClosed(Descriptor pipe, long deadline, Arena arena) throws IOException {
    MemorySegment poll = arena.allocate(LONG);
    poll.set(INT, 0, pipe.number());
    poll.set(ValueLayout.JAVA_SHORT, Integer.BYTES, POLLIN);
    return Linux.call("poll", state -> (int) POLL.invokeExact(state, poll, 1L, millis(deadline)))
        > 0;
  }

  private static int millis(long deadline) {
    return (int) Math.max(0, Duration.ofNanos(deadline - System.nanoTime()).toMillis() + 1);
  }
}

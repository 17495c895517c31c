package dev.holdfast.link;

import static dev.holdfast.link.Linux.INT;
import static dev.holdfast.link.Linux.LONG;
import static dev.holdfast.link.Linux.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The calls of Linux on sockets that the JDK does not offer, socket(7). Linked when first used. */
final class SocketCalls {
  static final int AF_UNIX = 1;
  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int SOCK_STREAM = 1;
  static final int SOCK_DGRAM = 2;
  static final int SOL_SOCKET = 1;

  private static final int SO_TYPE = 3;
  private static final int SO_PEERCRED = 17;
  private static final int SO_ACCEPTCONN = 30;
  private static final int SO_DOMAIN = 39;
  private static final int SOCK_CLOEXEC = 0x80000;

  private static final MethodHandle SOCKET = Linux.function("socket", INT, INT, INT, INT);
  private static final MethodHandle GETSOCKOPT =
      Linux.function("getsockopt", INT, INT, INT, INT, POINTER, POINTER);
  private static final MethodHandle SENDMSG = Linux.function("sendmsg", LONG, INT, POINTER, INT);
  private static final MethodHandle RECVMSG = Linux.function("recvmsg", LONG, INT, POINTER, INT);

  private SocketCalls() {}

  /** A new socket, closed in programs that we start. */
  static int socket(int domain, int type) throws SystemCallException {
    return (int)
        Linux.call(
            "socket", state -> (int) SOCKET.invokeExact(state, domain, type | SOCK_CLOEXEC, 0));
  }

  /** The address family of a socket. */
  static int domain(int socket) throws SystemCallException {
    return number(socket, SO_DOMAIN);
  }

  static int type(int socket) throws SystemCallException {
    return number(socket, SO_TYPE);
  }

  static boolean isListening(int socket) throws SystemCallException {
    return number(socket, SO_ACCEPTCONN) != 0;
  }

  /** {@code struct ucred} of a connected UNIX socket: process, user and group of the other end. */
  static int[] peer(int socket) throws SystemCallException {
    return option(socket, SO_PEERCRED, 3);
  }

  static long send(int socket, MemorySegment message, int flags) throws SystemCallException {
    return Linux.call(
        "sendmsg", state -> (long) SENDMSG.invokeExact(state, socket, message, flags));
  }

  static long receive(int socket, MemorySegment message, int flags) throws SystemCallException {
    return Linux.call(
        "recvmsg", state -> (long) RECVMSG.invokeExact(state, socket, message, flags));
  }

  private static int number(int socket, int name) throws SystemCallException {
    return option(socket, name, 1)[0];
  }

  private static int[] option(int socket, int name, int numbers) throws SystemCallException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(INT, numbers);
      MemorySegment length = arena.allocateFrom(INT, (int) value.byteSize());
      Linux.call(
          "getsockopt",
          state -> (int) GETSOCKOPT.invokeExact(state, socket, SOL_SOCKET, name, value, length));
      return value.toArray(INT);
    }
  }
}

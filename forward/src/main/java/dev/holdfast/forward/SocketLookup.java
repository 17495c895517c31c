package dev.holdfast.forward;

import dev.holdfast.link.Linux;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks Linux for one TCP socket by its two ends (sock_diag(7), NETLINK_SOCK_DIAG): a few
 * microseconds however many sockets there are, where reading the kernel's whole table takes longer
 * with each one that was closed within the last minute. Needs no privilege. Thread-safe.
 */
final class SocketLookup {
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int AF_NETLINK = 16;
  private static final int SOCK_RAW_CLOEXEC = 3 | 0x80000;
  private static final int NETLINK_SOCK_DIAG = 4;
  private static final int DONTWAIT = 0x40;

  private static final short SOCK_DIAG_BY_FAMILY = 20;
  private static final short NLM_F_REQUEST = 1;
  private static final byte TCP = 6;
  private static final byte LISTEN = 10;

  /** Bytes of an address, of either family. */
  private static final int ADDRESS_BYTES = 16;

  /** Bytes of {@code struct nlmsghdr}. */
  private static final int HEADER_BYTES = 16;

  /** Those, {@code struct inet_diag_req_v2}'s own, and the two ends with their cookie. */
  private static final int REQUEST_BYTES = HEADER_BYTES + 8 + 48;

  /** Larger than any answer about one socket without extensions. */
  private static final int ANSWER_BYTES = 1024;

  // Within an answer: struct nlmsghdr, then struct inet_diag_msg.
  private static final int STATE = HEADER_BYTES + 1;
  private static final int PORTS = HEADER_BYTES + 4;
  private static final int UID = HEADER_BYTES + 64;
  private static final int INODE = UID + 4;
  private static final int LEAST_ANSWER = INODE + 4;

  /** Answers that were meant for a question before, at most. */
  private static final int MOST_STALE = 8;

  private static @Nullable SocketLookup shared;
  private static boolean isTried;

  private final Calls calls;
  private final int socket;
  private final MemorySegment request = Arena.ofAuto().allocate(REQUEST_BYTES, 8);
  private final MemorySegment answer = Arena.ofAuto().allocate(ANSWER_BYTES, 8);
  private int questions;

  private SocketLookup(Calls calls, int socket) {
    this.calls = calls;
    this.socket = socket;
  }

  /** That of this process, which stays; nothing where there is no such way. */
  static synchronized Optional<SocketLookup> ofProcess() {
    if (!isTried) {
      isTried = true;
      shared = open();
    }
    return Optional.ofNullable(shared);
  }

  private static @Nullable SocketLookup open() {
    try {
      Linux.require("Asking for a socket");
      Calls calls = new Calls();
      long socket =
          Linux.call(
              "socket",
              state ->
                  (int)
                      calls.socket.invokeExact(
                          state, AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG));
      return new SocketLookup(calls, (int) socket);
    } catch (IOException | LinkageError e) {
      return null;
    }
  }

  /** The functions of the C library, linked when the first one is asked for. */
  private static final class Calls {
    final MethodHandle socket =
        Linux.function("socket", Linux.INT, Linux.INT, Linux.INT, Linux.INT);
    final MethodHandle send =
        Linux.function("send", Linux.LONG, Linux.INT, Linux.POINTER, Linux.LONG, Linux.INT);
    final MethodHandle recv =
        Linux.function("recv", Linux.LONG, Linux.INT, Linux.POINTER, Linux.LONG, Linux.INT);
  }

  /**
   * The socket that is bound to {@code from} and connected to {@code to}; nothing if the kernel
   * knows none, or answers nothing that can be understood.
   */
  synchronized Optional<LoopbackPeers.Owned> find(InetSocketAddress from, InetSocketAddress to) {
    try {
      int question = ++questions;
      write(request.asByteBuffer().order(ByteOrder.nativeOrder()), question, from, to);
      send();
      for (int i = 0; i < MOST_STALE; i++) {
        ByteBuffer message = receive();
        if (message.remaining() >= HEADER_BYTES && message.getInt(8) == question) {
          return read(message, from.getPort(), to.getPort());
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The kernel has answered when this returns. */
  private void send() throws IOException {
    Linux.call(
        "send",
        state -> (long) calls.send.invokeExact(state, socket, request, request.byteSize(), 0));
  }

  private ByteBuffer receive() throws IOException {
    long length =
        Linux.call(
            "recv",
            state ->
                (long) calls.recv.invokeExact(state, socket, answer, answer.byteSize(), DONTWAIT));
    return answer.asSlice(0, length).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  static void write(ByteBuffer out, int question, InetSocketAddress from, InetSocketAddress to) {
    boolean isV4 = from.getAddress() instanceof Inet4Address;
    out.putInt(REQUEST_BYTES).putShort(SOCK_DIAG_BY_FAMILY).putShort(NLM_F_REQUEST);
    out.putInt(question).putInt(0);
    out.put((byte) (isV4 ? AF_INET : AF_INET6)).put(TCP).putShort((short) 0);
    out.putInt(-1); // In any state.
    out.order(ByteOrder.BIG_ENDIAN);
    out.putShort((short) from.getPort()).putShort((short) to.getPort());
    putAddress(out, from);
    putAddress(out, to);
    out.putInt(0); // On any interface.
    out.putLong(-1); // Without a cookie.
    out.order(ByteOrder.nativeOrder());
  }

  private static void putAddress(ByteBuffer out, InetSocketAddress address) {
    byte[] bytes = address.getAddress().getAddress();
    out.put(bytes).put(new byte[ADDRESS_BYTES - bytes.length]);
  }

  /** A listener answers where nothing is connected; it is not what was asked for. */
  static Optional<LoopbackPeers.Owned> read(ByteBuffer message, int from, int to) {
    boolean isFound =
        message.remaining() >= LEAST_ANSWER
            && message.getShort(4) == SOCK_DIAG_BY_FAMILY
            && message.get(STATE) != LISTEN
            && port(message, PORTS) == from
            && port(message, PORTS + 2) == to;
    return isFound
        ? Optional.of(
            new LoopbackPeers.Owned(
                Integer.toUnsignedLong(message.getInt(UID)),
                Integer.toUnsignedLong(message.getInt(INODE))))
        : Optional.empty();
  }

  private static int port(ByteBuffer message, int at) {
    return (message.get(at) & 0xff) << 8 | (message.get(at + 1) & 0xff);
  }
}

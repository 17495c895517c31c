package dev.holdfast.link;

import static dev.holdfast.link.Linux.INT;
import static dev.holdfast.link.Linux.POINTER;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * Two UNIX stream sockets that are connected to each other (socketpair(2)): one for this process,
 * one to be given away. Linux only.
 *
 * @param here not in any channel yet
 * @param there to be closed once it was given away
 */
public record SocketPair(Descriptor here, Descriptor there) implements AutoCloseable {
  private static final int STREAM_CLOSE_ON_EXEC = SocketCalls.SOCK_STREAM | 0x80000;

  private static final class Call {
    static final MethodHandle SOCKETPAIR =
        Linux.function("socketpair", INT, INT, INT, INT, POINTER);
  }

  /** A fresh one. */
  public static SocketPair open() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment numbers = arena.allocate(INT, 2);
      Linux.call(
          "socketpair",
          state ->
              (int)
                  Call.SOCKETPAIR.invokeExact(
                      state, SocketCalls.AF_UNIX, STREAM_CLOSE_ON_EXEC, 0, numbers));
      return new SocketPair(
          Descriptor.fresh(numbers.getAtIndex(INT, 0)),
          Descriptor.fresh(numbers.getAtIndex(INT, 1)));
    }
  }

  /** Our end, for messages. */
  public DescriptorSocket socket() throws IOException {
    return DescriptorSocket.of(here.toConnection());
  }

  /** Our end, for bytes. */
  public Duplex stream() throws IOException {
    return stream(here);
  }

  /** A connected socket for bytes. */
  public static Duplex stream(Descriptor socket) throws IOException {
    SocketChannel channel = socket.toConnection();
    channel.configureBlocking(true);
    return new PlainDuplex(channel, ByteBuffer.allocate(0));
  }

  @Override
  public void close() {
    here.close();
    there.close();
  }
}

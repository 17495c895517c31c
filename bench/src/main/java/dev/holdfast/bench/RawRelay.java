package dev.holdfast.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * The honest peer: a TCP relay that copies bytes between two sockets and does nothing else.
 *
 * <p>Plain blocking sockets, one platform thread for each direction, a direct buffer for each
 * thread, no Nagle. Runs as a process of its own: {@code RawRelay LISTEN_PORT TO_PORT
 * [BUFFER_KIB]}, on loopback.
 */
final class RawRelay {
  /** The fastest of 64, 128 and 256 KiB; see docs/performance.md. */
  static final int BUFFER_KIB = 256;

  private static final int BACKLOG = 1024;
  private static final long STACK_BYTES = 128 << 10;

  private final InetSocketAddress to;
  private final int bufferBytes;

  private RawRelay(InetSocketAddress to, int bufferBytes) {
    this.to = to;
    this.bufferBytes = bufferBytes;
  }

  public static void main(String[] args) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    var listen = new InetSocketAddress(loopback, Integer.parseInt(args[0]));
    var to = new InetSocketAddress(loopback, Integer.parseInt(args[1]));
    int kib = args.length > 2 ? Integer.parseInt(args[2]) : BUFFER_KIB;
    try (ServerSocketChannel listener = ServerSocketChannel.open().bind(listen, BACKLOG)) {
      var relay = new RawRelay(to, kib << 10);
      while (true) {
        SocketChannel near = listener.accept();
        thread(() -> relay.serve(near));
      }
    }
  }

  private void serve(SocketChannel near) {
    try (near;
        SocketChannel far = SocketChannel.open(to)) {
      near.setOption(StandardSocketOptions.TCP_NODELAY, true);
      far.setOption(StandardSocketOptions.TCP_NODELAY, true);
      Thread back = thread(() -> copy(far, near));
      copy(near, far);
      back.join();
    } catch (IOException | InterruptedException e) {
      // Nobody listens behind, or the client left first: its connection ends here.
    }
  }

  private void copy(SocketChannel from, SocketChannel into) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(bufferBytes);
    try {
      while (from.read(buffer) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          into.write(buffer);
        }
        buffer.clear();
      }
      into.shutdownOutput();
    } catch (IOException e) {
      close(from);
      close(into);
    }
  }

  private static Thread thread(Runnable run) {
    return Thread.ofPlatform().stackSize(STACK_BYTES).start(run);
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}

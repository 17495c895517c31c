package dev.holdfast.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/**
 * The server behind every path: sink, source and echo over plain sockets, as {@link Op} says.
 *
 * <p>A process of its own that listens on two ports of loopback and prints them: one whose
 * connections each have a platform thread, for measuring, and one whose connections each have a
 * virtual thread, for thousands that are idle. Ends when its standard input does.
 */
final class Service {
  private static final int BACKLOG = 4096;

  private Service() {}

  public static void main(String[] args) throws IOException {
    int measured = listen(Thread.ofPlatform().daemon().factory());
    int idle = listen(Thread.ofVirtual().factory());
    System.out.println(measured + " " + idle);
    while (System.in.read() >= 0) {
      // Lives as long as the process that started it.
    }
  }

  /** Starts to listen and returns the port; the factory makes a thread for each connection. */
  static int listen(ThreadFactory threads) throws IOException {
    ServerSocketChannel listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
    Thread.ofPlatform().daemon().start(() -> accept(listener, threads));
    return listener.socket().getLocalPort();
  }

  private static void accept(ServerSocketChannel listener, ThreadFactory threads) {
    try {
      while (true) {
        SocketChannel accepted = listener.accept();
        threads.newThread(() -> serve(accepted)).start();
      }
    } catch (IOException e) {
      throw new IllegalStateException("the server cannot accept: " + e.getMessage(), e);
    }
  }

  private static void serve(SocketChannel accepted) {
    try (Pipe pipe = new SocketPipe(accepted)) {
      ByteBuffer request = pipe.buffer(Op.REQUEST_BYTES);
      while (pipe.read(request.clear()) > 0) {
        Transfer.fill(pipe, request);
        answer(pipe, Op.of(request.flip().get()), request.getLong());
      }
    } catch (IOException e) {
      // A client that goes away in the middle is how most measures end.
    }
  }

  private static void answer(Pipe pipe, Op op, long amount) throws IOException {
    switch (op) {
      case SINK -> {
        Transfer.receive(pipe, amount);
        pipe.write(ByteBuffer.allocate(Op.ANSWER_BYTES));
      }
      case SOURCE -> Transfer.send(pipe, amount);
      case EXCHANGE -> {
        Transfer.exchange(pipe, amount);
        pipe.write(ByteBuffer.allocate(Op.ANSWER_BYTES));
      }
      case ECHO -> Transfer.echo(pipe, amount);
      case TICKS -> tick(pipe, amount);
    }
  }

  private static void tick(Pipe pipe, long ticks) throws IOException {
    ByteBuffer one = pipe.buffer(1);
    long start = System.nanoTime();
    for (long i = 0; i < ticks; i++) {
      pipe.write(one.clear());
      long next = start + (i + 1) * Op.TICK_NANOS;
      while (System.nanoTime() < next) {
        LockSupport.parkNanos(next - System.nanoTime());
      }
    }
  }
}

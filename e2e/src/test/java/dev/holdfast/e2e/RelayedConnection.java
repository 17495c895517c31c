package dev.holdfast.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * One connection through a {@link CuttingRelay}: for each direction a thread that reads and one
 * that writes when the bytes are due, with a bounded queue between. Thread-safe.
 */
final class RelayedConnection {
  private static final int CHUNK = 1 << 16;
  private static final int QUEUED_CHUNKS = 1024;
  private static final long LOOK_EVERY_MILLIS = 100;

  private final CuttingRelay relay;
  private final Socket client;
  private final Socket server = new Socket();
  private final InetSocketAddress to;
  private final AtomicInteger openDirections = new AtomicInteger(2);
  private volatile boolean forgotten;
  private volatile boolean over;

  RelayedConnection(CuttingRelay relay, Socket client, InetSocketAddress to) {
    this.relay = relay;
    this.client = client;
    this.to = to;
  }

  void start() {
    Thread.ofVirtual().name("relay-open").start(this::open);
  }

  /** From now on swallows all bytes and sends none; neither end learns that the other has left. */
  void forget() {
    forgotten = true;
  }

  /** Resets both sides. */
  void reset() {
    over = true;
    reset(client);
    reset(server);
  }

  private void open() {
    try {
      client.setTcpNoDelay(true);
      if (!relay.awaitPassage()) {
        reset();
        return;
      }
      if (!forgotten) {
        server.connect(to);
        server.setTcpNoDelay(true);
        carry(Direction.DOWN, server, client);
      }
      carry(Direction.UP, client, server);
    } catch (IOException | InterruptedException e) {
      end();
    }
  }

  private void carry(Direction direction, Socket from, Socket into) {
    BlockingQueue<Chunk> queue = new ArrayBlockingQueue<>(QUEUED_CHUNKS);
    Thread.ofVirtual().name("relay-read-" + direction).start(() -> read(from, queue));
    Thread.ofVirtual().name("relay-write-" + direction).start(() -> write(direction, queue, into));
  }

  private void read(Socket from, BlockingQueue<Chunk> queue) {
    try {
      InputStream in = from.getInputStream();
      byte[] buffer = new byte[CHUNK];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (!forgotten) {
          put(queue, new Chunk(dueNanos(), Arrays.copyOf(buffer, n)));
        }
      }
      put(queue, new Chunk(dueNanos(), Chunk.END));
    } catch (IOException | InterruptedException e) {
      end();
    }
    if (forgotten) {
      close(from); // the other end is not told
    }
  }

  private long dueNanos() {
    return System.nanoTime() + relay.delay().toNanos();
  }

  private void put(BlockingQueue<Chunk> queue, Chunk chunk) throws InterruptedException {
    while (!queue.offer(chunk, LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
      if (over) {
        return;
      }
    }
  }

  private void write(Direction direction, BlockingQueue<Chunk> queue, Socket into) {
    long position = 0;
    try {
      while (!over && !forgotten) {
        Chunk chunk = queue.poll(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        if (chunk == null) {
          continue;
        }
        chunk.awaitDue();
        if (!relay.awaitPassage() || forgotten) {
          return;
        }
        if (chunk.isEnd()) {
          into.shutdownOutput();
          break;
        }
        pass(direction, position, chunk.data, into);
        position += chunk.data.length;
      }
      if (openDirections.decrementAndGet() == 0) {
        end();
      }
    } catch (IOException | InterruptedException e) {
      end();
    }
  }

  private void pass(Direction direction, long position, byte[] data, Socket into)
      throws IOException {
    int admitted = relay.admit(this, direction, position, data);
    into.getOutputStream().write(data, 0, admitted);
    relay.cutIfDue();
    long rate = relay.rate();
    if (rate != Long.MAX_VALUE) {
      LockSupport.parkNanos(data.length * 1_000_000_000L / rate);
    }
  }

  /**
   * An end left or broke: the other one sees a reset, or its end of stream if that was passed on
   * already.
   */
  private void end() {
    if (forgotten) {
      return;
    }
    relay.ended(this);
    boolean orderly = openDirections.get() == 0;
    over = true;
    if (orderly) {
      close(client);
      close(server);
    } else {
      reset();
    }
  }

  private static void reset(Socket socket) {
    try {
      if (!socket.isClosed()) {
        socket.setSoLinger(true, 0);
      }
    } catch (IOException e) {
      // It is closed below all the same.
    }
    close(socket);
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // There is nothing else to do with it.
    }
  }

  /** Bytes on their way. */
  private static final class Chunk {
    static final byte[] END = {};

    private final long dueNanos;
    private final byte[] data;

    Chunk(long dueNanos, byte[] data) {
      this.dueNanos = dueNanos;
      this.data = data;
    }

    boolean isEnd() {
      return data.length == 0;
    }

    void awaitDue() {
      for (long left = dueNanos - System.nanoTime();
          left > 0;
          left = dueNanos - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
    }
  }
}

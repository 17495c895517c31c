package dev.holdfast.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Two connections joined byte for byte, with half-close: what a gate does for clients that know
 * nothing of resumption. Confined to one loop.
 */
final class Splice {
  private final Loop loop;
  private final Consumer<Splice> ended;
  private final Side client;
  private final Side server;
  private boolean over;

  /**
   * Joins two connected channels once {@link #start} is called; {@code ended} runs when both are
   * closed.
   */
  Splice(Loop loop, SocketChannel client, SocketChannel server, Consumer<Splice> ended) {
    this.loop = loop;
    this.ended = ended;
    this.client = new Side(client);
    this.server = new Side(server);
    this.client.other = this.server;
    this.server.other = this.client;
  }

  /** Begins; what each side waits for is written first. */
  void start(SpliceSide toClient, SpliceSide toServer) throws IOException {
    client.begin(toClient);
    server.begin(toServer);
    client.proceed();
    server.proceed();
  }

  /** The client's connection. */
  SocketChannel client() {
    return client.channel;
  }

  /** The server's connection. */
  SocketChannel server() {
    return server.channel;
  }

  /** What to hand over of the client's connection. */
  SpliceSide toClient() {
    return client.state();
  }

  /** What to hand over of the server's connection. */
  SpliceSide toServer() {
    return server.state();
  }

  /** Bytes that went from the client to the server. */
  long up() {
    return server.written;
  }

  /** Bytes that went from the server to the client. */
  long down() {
    return client.written;
  }

  /** Closes both connections. */
  void close() {
    if (!over) {
      over = true;
      Loop.closeQuietly(client.channel);
      Loop.closeQuietly(server.channel);
      ended.accept(this);
    }
  }

  /** One of the two connections. */
  private final class Side implements Loop.Ready {
    private final SocketChannel channel;
    private @Nullable Side other;
    private @Nullable SelectionKey key;
    private @Nullable ByteBuffer waiting;
    private @Nullable ByteBuffer spare;
    private long written;
    private boolean readEnded;
    private boolean shut;

    private Side(SocketChannel channel) {
      this.channel = channel;
    }

    private void begin(SpliceSide state) throws IOException {
      channel.configureBlocking(false);
      key = loop.register(channel, 0, this);
      written = state.written();
      readEnded = state.readEnded();
      shut = state.shut();
      write(state.waiting());
    }

    private void proceed() throws IOException {
      shutIfDone();
      interests();
    }

    private SpliceSide state() {
      ByteBuffer left = waiting == null ? ByteBuffer.allocate(0) : waiting;
      return new SpliceSide(written, readEnded, shut, left);
    }

    private Side peer() {
      return Objects.requireNonNull(other);
    }

    @Override
    public void ready(SelectionKey ready) {
      try {
        if (ready.isValid() && ready.isWritable()) {
          writeWaiting();
        }
        if (ready.isValid() && ready.isReadable()) {
          read();
        }
        interests();
        peer().interests();
        if (readEnded && peer().shut && peer().readEnded && shut) {
          close();
        }
      } catch (IOException e) {
        close();
      }
    }

    @Override
    public void failed(Throwable why) {
      close();
    }

    private void read() throws IOException {
      ByteBuffer scratch = loop.scratch();
      if (channel.read(scratch) < 0) {
        readEnded = true;
        peer().shutIfDone();
        return;
      }
      peer().write(scratch.flip());
    }

    /**
     * Writes bytes read from the other side; what does not fit waits here, and the other side is
     * not read meanwhile.
     */
    private void write(ByteBuffer data) throws IOException {
      written += channel.write(data);
      if (data.hasRemaining()) {
        waiting = roomFor(data.remaining()).put(data).flip();
      } else {
        spare = null;
      }
    }

    /** The former buffer if it suffices: whoever reads slowly lets bytes wait again and again. */
    private ByteBuffer roomFor(int bytes) {
      ByteBuffer before = spare;
      if (before == null || before.capacity() < bytes) {
        before = ByteBuffer.allocateDirect(Math.max(bytes, Math.min(2 * bytes, Loop.SCRATCH)));
        spare = before;
      }
      return before.clear();
    }

    private void writeWaiting() throws IOException {
      ByteBuffer data = waiting;
      if (data != null) {
        written += channel.write(data);
        if (!data.hasRemaining()) {
          waiting = null;
          shutIfDone();
        }
      }
    }

    private void shutIfDone() throws IOException {
      if (waiting == null && !shut && peer().readEnded) {
        shut = true;
        channel.shutdownOutput();
      }
    }

    private void interests() {
      if (key != null && key.isValid()) {
        boolean reads = !readEnded && peer().waiting == null;
        key.interestOps(
            (reads ? SelectionKey.OP_READ : 0) | (waiting != null ? SelectionKey.OP_WRITE : 0));
      }
    }
  }
}

package dev.holdfast.link;

import dev.holdfast.stream.End;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection as the near side of a stream: what a gate keeps to sshd. Bytes go from the one
 * socket to the other on one thread. Confined to the stream's loop, lock held.
 */
final class SocketLocal implements Local, Loop.Ready {
  /** Bytes read for the stream before other channels get their turn. */
  private static final int TURN = 256 * 1024;

  /** How long reading pauses when memory is tight. */
  private static final long TIGHT_PAUSE = 20_000_000;

  private final ResumableStream stream;
  private final SocketChannel socket;
  private @Nullable SelectionKey key;
  private boolean readEnded;
  private boolean outputShut;
  private boolean blocked;
  private boolean paused;
  private boolean closed;

  SocketLocal(ResumableStream stream, SocketChannel socket) {
    this.stream = stream;
    this.socket = socket;
  }

  /** The connection as another process left it. */
  void restore(boolean itsReadEnded, boolean itsOutputShut) {
    readEnded = itsReadEnded;
    outputShut = itsOutputShut;
  }

  /** Whether the server has finished. */
  boolean isReadEnded() {
    return readEnded;
  }

  /** Whether the server was told that the client has finished. */
  boolean isOutputShut() {
    return outputShut;
  }

  /** Begins to move bytes. */
  void start() throws IOException {
    socket.configureBlocking(false);
    key = stream.loop.register(socket, SelectionKey.OP_READ, this);
    stream.local(this);
    stream.drain();
    interests();
  }

  /** The socket, for its addresses and for handing it over. */
  SocketChannel socket() {
    return socket;
  }

  @Override
  public void ready(SelectionKey ready) {
    stream.lock.lock();
    try {
      if (ready.isValid() && ready.isWritable()) {
        blocked = false;
        stream.drain();
        shutIfEnded();
      }
      if (ready.isValid() && ready.isReadable()) {
        read();
      }
      interests();
    } finally {
      stream.lock.unlock();
    }
  }

  /** A defect of ours closed the connection to the server: for the client it is gone. */
  @Override
  public void failed(Throwable why) {
    stream.locked(this::leave);
  }

  private void read() {
    try {
      int moved = 0;
      while (moved < TURN && stream.endpoint.writable() > 0) {
        ByteBuffer room = stream.endpoint.room();
        int asked = room.remaining();
        int bytes = readInto(room);
        if (bytes < 0) {
          readEnded = true;
          stream.endpoint.finish();
        }
        if (bytes < asked) {
          break;
        }
        moved += bytes;
      }
      if (readEnded && outputShut && !stream.endpoint.inputEnded()) {
        leave();
      } else {
        stream.flush();
      }
    } catch (IOException e) {
      leave();
    }
  }

  private int readInto(ByteBuffer room) throws IOException {
    int bytes = 0;
    try {
      bytes = socket.read(room);
    } finally {
      stream.endpoint.written(Math.max(bytes, 0));
    }
    return bytes;
  }

  /** The server is gone: what it said is still delivered, and what comes for it is dropped. */
  private void leave() {
    readEnded = true;
    outputShut = true;
    blocked = false;
    stream.leave();
  }

  @Override
  public void deliver(Batch data) {
    if (outputShut) {
      data.skip();
      return;
    }
    if (blocked) {
      return;
    }
    try {
      socket.write(data.pieces(), 0, data.count());
      if (data.remaining() > 0) {
        blocked = true;
        interests();
      }
    } catch (IOException e) {
      outputShut = true;
      data.skip();
      if (readEnded) {
        stream.loop.execute(() -> stream.locked(this::leave));
      }
    }
  }

  @Override
  public void inputEnded() {
    shutIfEnded();
  }

  private void shutIfEnded() {
    if (!outputShut && stream.endpoint.inputEnded()) {
      outputShut = true;
      try {
        socket.shutdownOutput();
      } catch (IOException ignored) {
        // The other side closed first: nothing is left to tell it.
      }
    }
  }

  @Override
  public void writable() {
    interests();
  }

  @Override
  public void ended(@Nullable End early) {
    closed = true;
    stream.endpoint.discardReadable();
    Loop.closeQuietly(socket);
  }

  private void interests() {
    if (key == null || closed || !key.isValid()) {
      return;
    }
    boolean wants = !readEnded && !paused && stream.endpoint.writable() > 0;
    if (wants && stream.chunks.isTight()) {
      wants = false;
      paused = true;
      stream.loop.at(Loop.now() + TIGHT_PAUSE, () -> stream.locked(this::resume));
    }
    key.interestOps((wants ? SelectionKey.OP_READ : 0) | (blocked ? SelectionKey.OP_WRITE : 0));
  }

  private void resume() {
    paused = false;
    interests();
  }
}

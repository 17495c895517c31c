package dev.holdfast.ssh;

import dev.holdfast.ssh.ClientEnd.Output;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The output of a program that may wait, in two blocking streams over one {@link ClientEnd}.
 * Thread-safe; one lock, under which the client's end, which never waits, is written to.
 */
final class ProgramOutput {
  private final ClientEnd client;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean closed;

  ProgramOutput(ClientEnd client) {
    this.client = client;
  }

  /** Not buffered: writes return when the channel has taken the bytes. */
  OutputStream stream(Output way) {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        send(way, bytes, offset, length);
      }
    };
  }

  /** There is room. */
  void writable() {
    wake(false);
  }

  /** Nothing will be taken any more: writes fail. */
  void close() {
    wake(true);
  }

  private void wake(boolean forGood) {
    lock.lock();
    try {
      closed |= forGood;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void send(Output way, byte[] bytes, int offset, int length) throws IOException {
    lock.lock();
    try {
      int end = offset + length;
      for (int at = offset; at < end; ) {
        at += sendSome(way, bytes, at, end);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for the channel to take data");
    } finally {
      lock.unlock();
    }
  }

  private int sendSome(Output way, byte[] bytes, int at, int end)
      throws IOException, InterruptedException {
    while (true) {
      if (closed) {
        throw new IOException("The channel is closed.");
      }
      int sent =
          client.write(
              way,
              (target, offset, room) -> {
                int count = Math.min(room, end - at);
                System.arraycopy(bytes, at, target, offset, count);
                return count;
              });
      if (sent != ClientEnd.NO_ROOM) {
        return sent;
      }
      changed.await();
    }
  }
}

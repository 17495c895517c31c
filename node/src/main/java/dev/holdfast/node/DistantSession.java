package dev.holdfast.node;

import dev.holdfast.node.SessionMessage.Ended;
import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ClientEnd.Ending;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.ssh.WindowSize;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A named session of another process of the node, to which a client of this one is attached through
 * that process's socket. Thread-safe.
 */
final class DistantSession implements ServedSession {
  private final SessionConnection connection;
  private final ClientEnd client;
  private final Semaphore room = new Semaphore(0);
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile boolean left;

  /** Over a connection on which {@link SessionMessage.Attached} was the last that came. */
  DistantSession(SessionConnection connection, ClientEnd client) {
    this.connection = connection;
    this.client = client;
  }

  /** Whether the client was detached, rather than that the program ended. */
  boolean hasLeft() {
    return left;
  }

  @Override
  public void begin() {
    Thread.ofVirtual().name("node-session-reader").start(this::readAll);
  }

  private void readAll() {
    Ending ending = new Ending.Silent();
    try {
      boolean more = true;
      while (more) {
        switch (connection.read()) {
          case SessionMessage.Output(byte[] bytes) -> write(bytes);
          case SessionMessage.Consumed(int bytes) -> client.consumed(bytes);
          case Ended ended -> {
            left = ended.why() == Ended.DETACHED;
            ending =
                ended.why() == Ended.SIGNAL
                    ? new Ending.Signal(ended.signal(), false, "")
                    : new Ending.Status(ended.status());
            more = false;
          }
          default -> throw new IOException("a message out of place");
        }
      }
    } catch (IOException e) {
      // That process has gone, or this client.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      connection.close();
      if (over.compareAndSet(false, true)) {
        client.exit(ending);
      }
    }
  }

  /** Waits for the client, so that the other process sees that it takes nothing. */
  private void write(byte[] bytes) throws IOException, InterruptedException {
    int[] at = {0};
    while (at[0] < bytes.length && !over.get()) {
      room.drainPermits();
      int count =
          client.write(
              ClientEnd.Output.STDOUT,
              (target, offset, length) -> {
                int part = Math.min(length, bytes.length - at[0]);
                System.arraycopy(bytes, at[0], target, offset, part);
                return part;
              });
      if (count > 0) {
        at[0] += count;
      } else {
        room.acquire();
      }
    }
  }

  @Override
  public int input(byte[] bytes, int offset, int length) {
    int most = SessionMessage.MOST_BODY - 1;
    for (int at = offset; at < offset + length; at += most) {
      int end = Math.min(offset + length, at + most);
      connection.send(new SessionMessage.Keys(Arrays.copyOfRange(bytes, at, end)));
    }
    return 0;
  }

  @Override
  public void inputEnded() {}

  @Override
  public void resize(WindowSize size) {
    connection.send(new SessionMessage.Window(size.columns(), size.rows()));
  }

  @Override
  public void signal(String name) {
    connection.send(new SessionMessage.Signal(SessionMessage.cut(name)));
  }

  @Override
  public boolean sendBreak(Duration length) {
    connection.send(new SessionMessage.Break(Math.clamp(length.toMillis(), 0, Integer.MAX_VALUE)));
    return true;
  }

  @Override
  public void writable() {
    room.release();
  }

  @Override
  public void closed() {
    over.set(true);
    room.release();
    connection.close();
  }
}

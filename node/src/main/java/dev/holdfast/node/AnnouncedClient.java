package dev.holdfast.node;

import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ClientEndAround;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A session's client to whom the server says something itself, between what the program writes.
 * Thread-safe; the lock keeps the two apart.
 */
final class AnnouncedClient implements ClientEndAround {
  /** Most bytes that wait to be said. */
  static final int MOST_WAITING = 16 * 1024;

  private final ClientEnd client;
  private final ReentrantLock lock = new ReentrantLock();

  /** What is to be said. Guarded by the lock. */
  private final ByteQueue waiting = new ByteQueue(MOST_WAITING);

  private boolean over;
  private volatile boolean waits;

  AnnouncedClient(ClientEnd client) {
    this.client = client;
  }

  /** See {@link dev.holdfast.ssh.ServedSession#say}. */
  boolean say(byte[] line, int spare) {
    lock.lock();
    try {
      if (over || waiting.size() + line.length + spare > MOST_WAITING) {
        return false;
      }
      waiting.add(line, 0, line.length);
      flush();
      return true;
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory can be read", e);
    } finally {
      lock.unlock();
    }
  }

  /** On another thread, since this may come from within a call of the client's. */
  void hasRoom() {
    if (waits) {
      Thread.ofVirtual().name("node-announcement").start(() -> say(new byte[0], 0));
    }
  }

  /** Says what waits, as far as there is room; returns whether nothing is left. */
  private boolean flush() throws IOException {
    boolean more = waiting.size() > 0;
    while (more) {
      int count =
          client.write(
              Output.STDOUT,
              (target, offset, length) ->
                  waiting.drain((bytes, at, size) -> {
                    int part = Math.min(length, size);
                    System.arraycopy(bytes, at, target, offset, part);
                    return part;
                  }));
      more = count > 0 && waiting.size() > 0;
    }
    waits = waiting.size() > 0;
    return !waits;
  }

  @Override
  public ClientEnd inner() {
    return client;
  }

  @Override
  public int write(Output output, Source source) throws IOException {
    lock.lock();
    try {
      return flush() ? client.write(output, source) : NO_ROOM;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void end() {
    lock.lock();
    try {
      client.end();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void exit(Ending ending) {
    lock.lock();
    try {
      over = true;
      flush();
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory can be read", e);
    } finally {
      client.exit(ending);
      lock.unlock();
    }
  }
}

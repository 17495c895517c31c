package dev.holdfast.node;

import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ServedSession;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The client of a session whose output waits here until its recording is durable. Thread-safe; one
 * lock guards what waits.
 */
final class WithheldClient implements ClientEnd, Recording.Session {
  /** Bytes of output that wait; with more there is no room. */
  static final int MOST = 256 * 1024;

  private static final int PORTION = 32 * 1024;

  private final ClientEnd client;
  private final Recording recording;
  private final boolean terminal;
  private final boolean output;
  private final ReentrantLock lock = new ReentrantLock();
  private final byte[] portion = new byte[PORTION];
  private final ArrayDeque<Chunk> waiting = new ArrayDeque<>();
  private volatile @Nullable ServedSession served;
  private volatile Runnable hangUp = () -> {};
  private long taken;
  private long durable;
  private long sent;
  private boolean sending;
  private boolean again;
  private boolean roomWanted;
  private boolean endWanted;
  private boolean written;
  private @Nullable Ending ending;
  private boolean over;

  /** Some output that waits, of which a part may have been sent. */
  private static final class Chunk {
    final Output way;
    final byte[] bytes;
    int sent;

    Chunk(Output way, byte[] bytes) {
      this.way = way;
      this.bytes = bytes;
    }
  }

  /**
   * The client's end.
   *
   * @param terminal whether it shows its output on a terminal
   * @param output whether that is recorded
   */
  WithheldClient(ClientEnd client, Recording recording, boolean terminal, boolean output) {
    this.client = client;
    this.recording = recording;
    this.terminal = terminal;
    this.output = output;
  }

  /**
   * Who serves the session; called once, before anything is written.
   *
   * @param hangUp ends it, as if the client had gone
   */
  void serve(ServedSession session, Runnable hangUp) {
    served = session;
    this.hangUp = hangUp;
  }

  @Override
  public int write(Output to, Source from) throws IOException {
    lock.lock();
    try {
      if (over) {
        return -1;
      }
      if (!output) {
        return client.write(to, from);
      }
      if (taken - sent >= MOST || !recording.tape().hasRoom()) {
        roomWanted = true;
        return NO_ROOM;
      }
      int count = from.read(portion, 0, PORTION);
      if (count > 0) {
        waiting.add(new Chunk(to, Arrays.copyOf(portion, count)));
        taken += count;
        recording.tape().output(RecordedClient.way(to), portion, 0, count);
      }
      return count;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isWritable() {
    lock.lock();
    try {
      return output ? taken - sent < MOST && recording.tape().hasRoom() : client.isWritable();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void consumed(int bytes) {
    client.consumed(bytes);
  }

  @Override
  public void end() {
    lock.lock();
    try {
      endWanted = true;
      send();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void exit(Ending how) {
    lock.lock();
    try {
      if (ending == null) {
        ending = how;
        recording.end(RecordedClient.exitOf(how), "");
      }
    } finally {
      lock.unlock();
    }
  }

  /** The client has room again; returns whether the session may be told the same. */
  boolean clientHasRoom() {
    lock.lock();
    try {
      send();
      return takeRoom() || !output;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void room() {
    tellIfRoom();
  }

  @Override
  public void durable(long bytes) {
    lock.lock();
    try {
      durable += bytes;
      send();
    } finally {
      lock.unlock();
    }
    tellIfRoom();
  }

  @Override
  public void written() {
    lock.lock();
    try {
      written = true;
      send();
    } finally {
      lock.unlock();
    }
  }

  private void tellIfRoom() {
    boolean has;
    lock.lock();
    try {
      has = takeRoom();
    } finally {
      lock.unlock();
    }
    ServedSession session = served;
    if (has && session != null) {
      session.writable();
    }
  }

  private boolean takeRoom() {
    boolean has = roomWanted && taken - sent < MOST && recording.tape().hasRoom();
    roomWanted &= !has;
    return has;
  }

  /**
   * Sends what is durable, as far as the client takes it; then the end. While that is done the
   * client may say that it has room, on the same thread.
   */
  private void send() {
    if (sending) {
      again = true;
      return;
    }
    sending = true;
    try {
      do {
        again = false;
        sendAll();
      } while (again);
    } finally {
      sending = false;
    }
  }

  private void sendAll() {
    try {
      Chunk next = waiting.peek();
      while (!over && next != null && sent < durable) {
        int count = send(next);
        if (count <= 0) {
          return;
        }
        sent += count;
        next.sent += count;
        if (next.sent == next.bytes.length) {
          waiting.remove();
          next = waiting.peek();
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory can be read", e);
    }
    if (!over && waiting.isEmpty()) {
      sendEnd();
    }
  }

  private int send(Chunk chunk) throws IOException {
    int most = (int) Math.min(chunk.bytes.length - chunk.sent, durable - sent);
    return client.write(
        chunk.way,
        (target, offset, length) -> {
          int count = Math.min(length, most);
          System.arraycopy(chunk.bytes, chunk.sent, target, offset, count);
          return count;
        });
  }

  private void sendEnd() {
    if (endWanted) {
      endWanted = false;
      client.end();
    }
    if (ending != null && written) {
      over = true;
      client.exit(ending);
    }
  }

  @Override
  public void failed(String sentence) {
    lock.lock();
    try {
      if (over) {
        return;
      }
      over = true;
      waiting.clear();
      RecordedClient.notice(client, terminal, sentence);
    } finally {
      lock.unlock();
    }
    hangUp.run();
  }
}

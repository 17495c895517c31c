package dev.holdfast.node;

import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ClientEndAround;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The client of a session that somebody else may end, in the middle of its output. Thread-safe; the
 * lock keeps the two apart.
 */
final class EndableClient implements ClientEndAround {
  private final ClientEnd client;
  private final boolean terminal;
  private final ReentrantLock lock = new ReentrantLock();

  /** Guarded by the lock. */
  private boolean over;

  /**
   * A client's end.
   *
   * @param terminal whether it shows its output on a terminal
   */
  EndableClient(ClientEnd client, boolean terminal) {
    this.client = client;
    this.terminal = terminal;
  }

  /** Tells the client why, if it takes that, and that its session is over. */
  void leave(String sentence) {
    lock.lock();
    try {
      if (!over) {
        over = true;
        RecordedClient.notice(client, terminal, sentence);
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public ClientEnd inner() {
    return client;
  }

  @Override
  public int write(Output output, Source source) throws IOException {
    lock.lock();
    try {
      return over ? -1 : client.write(output, source);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void end() {
    lock.lock();
    try {
      if (!over) {
        client.end();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void exit(Ending ending) {
    lock.lock();
    try {
      if (!over) {
        over = true;
        client.exit(ending);
      }
    } finally {
      lock.unlock();
    }
  }
}

package dev.holdfast.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/**
 * A program's thread that waits at its stream's connection itself, instead of being woken by the
 * loop when bytes have come: the echo of a key crosses one thread less. The loop lends the
 * connection's input for as long as reads follow one another, and takes it back when the program is
 * busy with something else, so that acknowledgements are heard all the same.
 *
 * <p>All with the stream's lock held; it is let go only while the thread waits.
 */
final class OwnReader {
  /**
   * How long a program may be busy between two reads before the loop reads again, in nanoseconds.
   */
  static final long BUSY = 10_000_000;

  private final ResumableStream stream;
  private final Selector selector;
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(Loop.SCRATCH);
  private final Batch batch = new Batch();
  private @Nullable LinkConnection lent;
  private boolean waits;
  private boolean watched;
  private boolean ended;
  private long reads;
  private long readsSeen;

  OwnReader(ResumableStream stream) throws IOException {
    this.stream = stream;
    this.selector = Selector.open();
  }

  /**
   * Waits until the connection has something to read and reads it, or until {@link #wake}. Returns
   * false at once if no connection can be lent now: the caller waits in another way then.
   */
  boolean await() throws IOException {
    LinkConnection connection = stream.connection();
    if (ended || connection == null || !isLent(connection)) {
      return false;
    }
    reads++;
    waits = true;
    stream.lock.unlock();
    try {
      selector.select(key -> {});
    } catch (ClosedSelectorException e) {
      throw new IOException("The stream is closed.", e);
    } finally {
      stream.lock.lock();
      waits = false;
    }
    if (ended) {
      giveBack();
      selector.close();
    } else if (connection.equals(lent)) {
      connection.read(scratch, batch);
      watch();
    }
    return true;
  }

  private boolean isLent(LinkConnection connection) {
    if (!connection.equals(lent)) {
      giveBack();
      lent = connection.lend(this, selector) ? connection : null;
    }
    return lent != null;
  }

  /** The waiting thread is to look what has changed. */
  void wake() {
    if (waits) {
      selector.wakeup();
    }
  }

  /** A thread waits for the peer to take more: somebody must hear it. */
  void hear() {
    if (!waits) {
      giveBack();
    }
  }

  /** The connection is closed, and is to be let go. */
  void closed() {
    lent = null;
    if (waits) {
      selector.wakeup();
    } else {
      forgetCancelled();
    }
  }

  /** Nobody will read any more. */
  void end() {
    if (ended) {
      return;
    }
    ended = true;
    if (waits) {
      selector.wakeup();
    } else {
      giveBack();
      Loop.closeQuietly(selector);
    }
  }

  /** Has the loop look whether reads still follow one another. */
  private void watch() {
    if (!watched) {
      watched = true;
      stream.loop.execute(this::lookLater);
    }
  }

  private void lookLater() {
    stream.loop.at(Loop.now() + BUSY, () -> stream.locked(this::look));
  }

  private void look() {
    boolean busy = reads == readsSeen;
    readsSeen = reads;
    if (busy && !waits) {
      giveBack();
    }
    watched = lent != null && !busy;
    if (watched) {
      lookLater();
    }
  }

  private void giveBack() {
    LinkConnection connection = lent;
    lent = null;
    if (connection != null) {
      connection.takeBack(selector);
      forgetCancelled();
    }
  }

  /** A channel whose key is cancelled is let go at the next selection. */
  private void forgetCancelled() {
    try {
      if (selector.isOpen()) {
        selector.selectNow();
      }
    } catch (IOException e) {
      Loop.closeQuietly(selector);
    }
  }
}

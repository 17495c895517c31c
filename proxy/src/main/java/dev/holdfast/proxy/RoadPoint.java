package dev.holdfast.proxy;

import dev.holdfast.link.Caller;
import dev.holdfast.link.DescriptorListener;
import dev.holdfast.link.DescriptorSocket;
import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Where the process of a proxy that has the port, and so the nodes' control links, reaches nodes
 * for the processes before it: a socket in the state directory. One of them asks for a node, and is
 * sent the node's connection. Thread-safe. Linux only.
 *
 * <pre>
 *   former                                          newest
 *    ─ {@link RoadQuestion} ──────────────────────────────────►
 *    ◄──── what was read of it; its descriptor comes along ─
 *    ◄──── or nothing, and the end: the node is offline ────
 * </pre>
 */
final class RoadPoint implements Closeable {
  /** Questions that are dealt with at once; more wait. */
  static final int MOST_ASKED = 1024;

  /** For the process that has the port to be there: it may just be starting. */
  static final Duration FIND = Duration.ofSeconds(10);

  private static final Duration STEP = Duration.ofSeconds(2);
  private static final long TURN_MILLIS = 20;

  private final DescriptorListener listener;
  private final Reaching reaching;
  private final Semaphore free = new Semaphore(MOST_ASKED);

  private RoadPoint(DescriptorListener listener, Reaching reaching) {
    this.listener = listener;
    this.reaching = reaching;
  }

  /** Reaches nodes. */
  @FunctionalInterface
  interface Reaching {
    /**
     * A fresh connection to a node for that client.
     *
     * @throws IOException if it is offline
     */
    Caller reach(String node, Traveller client) throws IOException;
  }

  /** Answers at {@code path} from now on; a process that is leaving it is waited for. */
  static RoadPoint open(Path path, Reaching reaching) throws IOException {
    RoadPoint point = new RoadPoint(listen(path), reaching);
    Thread.ofPlatform().daemon().name("roads").start(point::serve);
    return point;
  }

  private static DescriptorListener listen(Path path) throws IOException {
    long until = System.nanoTime() + FIND.toNanos();
    while (true) {
      try {
        return DescriptorListener.open(path);
      } catch (BindException e) {
        pause(until, e);
      }
    }
  }

  private static void pause(long until, IOException why) throws IOException {
    if (System.nanoTime() > until) {
      throw why;
    }
    try {
      Thread.sleep(TURN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void serve() {
    while (true) {
      try {
        DescriptorSocket asker = listener.accept();
        free.acquire();
        Thread.ofVirtual().name("road").start(() -> answer(asker));
      } catch (ClosedChannelException | InterruptedException e) {
        return;
      } catch (IOException e) {
        // A process of another user: the next may be better.
      }
    }
  }

  private void answer(DescriptorSocket asker) {
    try (asker;
        DescriptorSocket.Message question =
            asker.receive(STEP).orElseThrow(() -> new IOException("nothing was asked"))) {
      RoadQuestion asked = RoadQuestion.read(question.body());
      reaching.reach(asked.node(), asked.client()).moveTo(asker, STEP);
    } catch (IOException e) {
      // Told by closing.
    } finally {
      free.release();
    }
  }

  /**
   * Has the process that answers at {@code path} reach a node.
   *
   * @param within how long it may take, once there is such a process
   */
  static Caller ask(Path path, String node, Traveller client, Duration within) throws IOException {
    try (DescriptorSocket newest = find(path)) {
      newest.send(new RoadQuestion(node, client).encoded(), List.of(), STEP);
      try (DescriptorSocket.Message answer =
          newest
              .receive(within.plus(STEP))
              .orElseThrow(() -> new IOException("the node is offline"))) {
        return Caller.moved(answer);
      }
    }
  }

  private static DescriptorSocket find(Path path) throws IOException {
    long until = System.nanoTime() + FIND.toNanos();
    while (true) {
      try {
        return DescriptorSocket.connect(path);
      } catch (ConnectException | NoSuchFileException e) {
        pause(until, e);
      }
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      // The file stays behind; the next process replaces it.
    }
  }
}

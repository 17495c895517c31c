package dev.holdfast.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.recording.Event.Exit;
import dev.holdfast.recording.Event.How;
import dev.holdfast.recording.Event.Way;
import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ClientEndAround;
import dev.holdfast.ssh.ServedSession;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The client of a session whose output is put on the tape as it passes. While the tape is full
 * there is no room, as if the client had none. Thread-safe; the lock keeps the session's output and
 * its end by the recorder apart.
 */
final class RecordedClient implements ClientEndAround, Recording.Session {
  private final ClientEnd client;
  private final Recording recording;
  private final boolean terminal;
  private final boolean output;
  private final ReentrantLock lock = new ReentrantLock();
  private final Source passing = this::pass;
  private volatile @Nullable ServedSession served;
  private volatile Runnable hangUp = () -> {};

  /** What is being written from where. Guarded by the lock. */
  private Output way = Output.STDOUT;

  private @Nullable Source source;
  private boolean over;

  /**
   * The client's end.
   *
   * @param terminal whether it shows its output on a terminal
   * @param output whether that is recorded
   */
  RecordedClient(ClientEnd client, Recording recording, boolean terminal, boolean output) {
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
  public ClientEnd inner() {
    return client;
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
      if (!recording.tape().hasRoom()) {
        return NO_ROOM;
      }
      way = to;
      source = from;
      return client.write(to, passing);
    } finally {
      source = null;
      lock.unlock();
    }
  }

  private int pass(byte[] target, int offset, int length) throws IOException {
    Source from = source;
    int count = from == null ? 0 : from.read(target, offset, length);
    if (count > 0) {
      recording.tape().output(way(way), target, offset, count);
    }
    return count;
  }

  static Way way(Output output) {
    return switch (output) {
      case STDOUT -> Way.STDOUT;
      case STDERR -> Way.STDERR;
    };
  }

  @Override
  public boolean isWritable() {
    return client.isWritable() && (!output || recording.tape().hasRoom());
  }

  @Override
  public void exit(Ending ending) {
    lock.lock();
    try {
      if (over) {
        return;
      }
      over = true;
      recording.end(exitOf(ending), "");
      client.exit(ending);
    } finally {
      lock.unlock();
    }
  }

  static Exit exitOf(Ending ending) {
    return switch (ending) {
      case Ending.Status(int status) -> new Exit(How.STATUS, status, "");
      case Ending.Signal(String name, _, _) -> new Exit(How.SIGNAL, 0, name);
      case Ending.Silent() -> new Exit(How.SILENT, 0, "");
    };
  }

  // What the recorder says.

  @Override
  public void room() {
    ServedSession session = served;
    if (session != null) {
      session.writable();
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
      notice(client, terminal, sentence);
    } finally {
      lock.unlock();
    }
    hangUp.run();
  }

  /** Tells the client, if it takes that, and ends its session. */
  static void notice(ClientEnd client, boolean terminal, String sentence) {
    byte[] text = (terminal ? "\r\n" + sentence + "\r\n" : sentence + "\n").getBytes(UTF_8);
    try {
      client.write(
          terminal ? Output.STDOUT : Output.STDERR,
          (target, offset, length) -> {
            int count = Math.min(length, text.length);
            System.arraycopy(text, 0, target, offset, count);
            return count;
          });
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory can be read", e);
    }
    client.exit(new Ending.Status(UnstartedSession.STATUS));
  }
}

package dev.holdfast.node;

import dev.holdfast.node.SessionMessage.Ended;
import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.ssh.WindowSize;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A client of a named session that came by the node's socket. Thread-safe. */
final class AttachedClient implements ClientEnd {
  private static final int PORTION = 32 * 1024;

  private final SessionConnection connection;
  private final AtomicInteger outstanding = new AtomicInteger();
  private final byte[] portion = new byte[PORTION];
  private volatile @Nullable ServedSession session;
  private volatile boolean full;

  AttachedClient(SessionConnection connection) {
    this.connection = connection;
  }

  /** Called once it is served, before anything is read. */
  void serve(ServedSession served) {
    session = served;
    connection.send(new SessionMessage.Attached());
    served.begin();
  }

  /** The connection has written something. */
  void drained() {
    ServedSession served = session;
    if (full && served != null && connection.hasRoom()) {
      full = false;
      served.writable();
    }
  }

  /** Passes on what the client says until it says no more. */
  void readAll(ServedSession served) throws IOException {
    try {
      while (true) {
        switch (connection.read()) {
          case SessionMessage.Keys(byte[] bytes) -> type(served, bytes);
          case SessionMessage.Window(int columns, int rows) ->
              served.resize(new WindowSize(columns, rows, 0, 0));
          case SessionMessage.Signal(String name) -> served.signal(name);
          case SessionMessage.Break(int millis) -> served.sendBreak(Duration.ofMillis(millis));
          default -> throw new IOException("a message out of place");
        }
      }
    } finally {
      served.closed();
    }
  }

  private void type(ServedSession served, byte[] bytes) throws IOException {
    if (outstanding.addAndGet(bytes.length) > WINDOW) {
      throw new IOException("keys beyond the window");
    }
    int left = served.input(bytes, 0, bytes.length);
    if (left > 0) {
      consumed(left);
    }
  }

  @Override
  public int write(Output output, Source source) throws IOException {
    if (!connection.hasRoom()) {
      full = true;
      if (!connection.hasRoom()) {
        return NO_ROOM;
      }
      full = false;
    }
    int count = source.read(portion, 0, PORTION);
    if (count > 0) {
      connection.send(new SessionMessage.Output(Arrays.copyOf(portion, count)));
    }
    return count;
  }

  @Override
  public boolean isWritable() {
    return connection.hasRoom();
  }

  @Override
  public void consumed(int bytes) {
    outstanding.addAndGet(-bytes);
    connection.consumed(bytes);
  }

  @Override
  public void end() {}

  @Override
  public void exit(Ending ending) {
    boolean left = hasLeft();
    connection.send(
        switch (ending) {
          case Ending.Status it when left -> new Ended(Ended.DETACHED, 0, "");
          case Ending.Status(int status) -> new Ended(Ended.STATUS, status, "");
          case Ending.Signal(String name, boolean core, String message) ->
              new Ended(Ended.SIGNAL, 0, name);
          case Ending.Silent it -> new Ended(Ended.STATUS, 255, "");
        });
    connection.finish();
  }

  private boolean hasLeft() {
    return switch (session) {
      case Attachment attachment -> attachment.hasLeft();
      case DistantSession distant -> distant.hasLeft();
      case null, default -> false;
    };
  }
}

package dev.holdfast.link;

import java.io.Closeable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Two connections that a gate has joined for somebody who watches over them. It copies bytes and
 * can't read them. Thread-safe.
 */
public final class Relay implements Closeable {
  private final Loop loop;
  private final Consumer<Relay> ended;
  private boolean closed;
  private @Nullable Splice splice;
  private volatile long up;
  private volatile long down;
  private volatile boolean over;

  /** Not begun; {@code ended} runs once, on {@code loop}, when both are closed. */
  Relay(Loop loop, Consumer<Relay> ended) {
    this.loop = loop;
    this.ended = ended;
  }

  /** Bytes that went from the client to the node; right once it has ended. */
  public long up() {
    return up;
  }

  /** Bytes that went from the node to the client; right once it has ended. */
  public long down() {
    return down;
  }

  /** Whether both connections are closed. */
  public boolean isOver() {
    return over;
  }

  /** It has begun; on the loop. */
  void begun(Splice joined) {
    splice = joined;
    if (closed) {
      joined.close();
    }
  }

  /** Both connections are closed; on the loop. */
  void over(Splice joined) {
    up = joined.up();
    down = joined.down();
    over = true;
    ended.accept(this);
  }

  /** Closes both connections, soon. */
  @Override
  public void close() {
    loop.execute(() -> {
      closed = true;
      Splice it = splice;
      if (it != null) {
        it.close();
      }
    });
  }
}

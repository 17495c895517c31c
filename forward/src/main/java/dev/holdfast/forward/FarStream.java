package dev.holdfast.forward;

import dev.holdfast.link.Duplex;
import dev.holdfast.ssh.DirectStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A connection from a server to an app there. Nothing is written into a session that may be dead: a
 * write waits until the server was heard of, or fails, and then the app has got nothing of it.
 * Thread-safe for one reader and one writer.
 */
public final class FarStream implements Duplex, Tally.Carrier {
  private final App app;
  private final Pool.Use use;
  private final LiveSession session;
  private final DirectStream stream;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong received = new AtomicLong();
  private final AtomicBoolean waits = new AtomicBoolean();
  private final AtomicBoolean over = new AtomicBoolean();
  private volatile boolean asksHttp;

  FarStream(App app, Connected made, Pool.Use use) {
    this.app = app;
    this.use = use;
    session = made.session();
    stream = made.stream();
    session.begin();
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int start = target.position();
    int count = stream.read(target);
    if (count > 0) {
      received.addAndGet(count);
    } else if (count < 0) {
      app.endedByApp(use);
    }
    if (waits.get() && waits.getAndSet(false)) {
      session.waits(false);
      if (count > 0) {
        app.answered(use, asksHttp && HttpLook.isAnswer(target, start));
      }
    }
    return count;
  }

  @Override
  public void write(ByteBuffer source) throws IOException {
    session.prove();
    if (!waits.get() && !waits.getAndSet(true)) {
      asksHttp = HttpLook.isRequest(source);
      session.waits(true);
      app.sent(use);
    }
    int count = source.remaining();
    stream.write(source);
    sent.addAndGet(count);
  }

  @Override
  public void shutdownOutput() throws IOException {
    stream.shutdownOutput();
  }

  @Override
  public void close() {
    if (over.compareAndSet(false, true)) {
      if (waits.getAndSet(false)) {
        session.waits(false);
      }
      session.end();
      app.ended(use);
      stream.close();
    }
  }

  /** Whether the session below has ended, so that the app's answer will not come. */
  boolean isLost() {
    return session.isOver();
  }

  /** Bytes that the app was sent. */
  @Override
  public long sent() {
    return sent.get();
  }

  /** Bytes that came from the app. */
  @Override
  public long received() {
    return received.get();
  }

  @Override
  public SocketAddress localAddress() {
    return stream.localAddress();
  }

  @Override
  public SocketAddress remoteAddress() {
    return stream.remoteAddress();
  }
}

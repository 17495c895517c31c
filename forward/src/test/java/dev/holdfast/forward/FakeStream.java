package dev.holdfast.forward;

import dev.holdfast.ssh.DirectStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A connection to an app that answers when the test says so. */
final class FakeStream implements DirectStream {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final CompletableFuture<String> answer = new CompletableFuture<>();
  private Runnable whenTouched = () -> {};
  private volatile boolean touched;
  volatile boolean closed;

  /** All that was written to it. */
  synchronized String written() {
    return written.toString(StandardCharsets.US_ASCII);
  }

  void answer(String text) {
    answer.complete(text);
  }

  /** The app closes it. */
  void touch() {
    Runnable listener;
    synchronized (this) {
      touched = true;
      listener = whenTouched;
    }
    listener.run();
  }

  @Override
  public boolean isTouched() {
    return touched;
  }

  @Override
  public boolean isSpokenTo() {
    return false;
  }

  @Override
  public synchronized void whenTouched(Runnable listener) {
    whenTouched = listener;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    try {
      byte[] bytes = answer.get().getBytes(StandardCharsets.US_ASCII);
      target.put(bytes);
      return bytes.length;
    } catch (InterruptedException | ExecutionException e) {
      throw new IOException(e);
    }
  }

  @Override
  public synchronized void write(ByteBuffer source) {
    while (source.hasRemaining()) {
      written.write(source.get());
    }
  }

  @Override
  public void shutdownOutput() {}

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public SocketAddress localAddress() {
    return new InetSocketAddress(0);
  }

  @Override
  public SocketAddress remoteAddress() {
    return new InetSocketAddress(0);
  }
}

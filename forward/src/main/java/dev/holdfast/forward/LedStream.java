package dev.holdfast.forward;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A connection that the server led here, as a stream with the program at this end; counted while it
 * lasts. Thread-safe for one reader and one writer.
 */
final class LedStream implements Duplex, Tally.Carrier {
  private final Duplex program;
  private final Consumer<LedStream> ended;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong received = new AtomicLong();
  private final AtomicBoolean over = new AtomicBoolean();

  /**
   * With that program.
   *
   * @param ended run once when it is over
   */
  LedStream(Duplex program, Consumer<LedStream> ended) {
    this.program = program;
    this.ended = ended;
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    int count = program.read(target);
    sent.addAndGet(Math.max(count, 0));
    return count;
  }

  @Override
  public void write(ByteBuffer source) throws IOException {
    int count = source.remaining();
    program.write(source);
    received.addAndGet(count);
  }

  @Override
  public void shutdownOutput() throws IOException {
    program.shutdownOutput();
  }

  @Override
  public void close() {
    program.close();
    if (over.compareAndSet(false, true)) {
      ended.accept(this);
    }
  }

  @Override
  public long sent() {
    return sent.get();
  }

  @Override
  public long received() {
    return received.get();
  }

  @Override
  public SocketAddress localAddress() {
    return program.localAddress();
  }

  @Override
  public SocketAddress remoteAddress() {
    return program.remoteAddress();
  }
}

package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stream in memory. */
@Timeout(60)
final class PipeTest {
  private static final InetSocketAddress HERE = new InetSocketAddress(1);
  private static final InetSocketAddress THERE = new InetSocketAddress(2);

  private final Pipe pipe = new Pipe(HERE, THERE);

  @Test
  void everyByteComesInOrderHoweverOftenTheRingIsFull() throws Exception {
    byte[] sent = new byte[3 * Pipe.CAPACITY + 17];
    new java.util.Random(1).nextBytes(sent);
    CompletableFuture<Void> writing = written(sent);
    ByteBuffer got = ByteBuffer.allocate(sent.length);
    while (got.hasRemaining() && pipe.far().read(got) >= 0) {}
    writing.get();
    assertThat(got.array()).isEqualTo(sent);
    assertThat(pipe.far().read(ByteBuffer.allocate(1))).isEqualTo(-1);
    assertThat(pipe.up()).isEqualTo(sent.length);
    assertThat(pipe.down()).isZero();
  }

  private CompletableFuture<Void> written(byte[] bytes) {
    return CompletableFuture.runAsync(() -> {
      try {
        pipe.near().write(ByteBuffer.wrap(bytes));
        pipe.near().shutdownOutput();
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    });
  }

  @Test
  void aWriterWaitsWhileTheRingIsFullAndFailsWhenTheReaderCloses() throws Exception {
    pipe.near().write(ByteBuffer.allocate(Pipe.CAPACITY));
    CompletableFuture<Void> writing = written(new byte[1]);
    assertThatThrownBy(() -> writing.get(100, TimeUnit.MILLISECONDS))
        .isInstanceOf(java.util.concurrent.TimeoutException.class);
    pipe.far().close();
    assertThatThrownBy(writing::get).hasRootCauseInstanceOf(IOException.class);
  }

  @Test
  void eachEndKnowsTheOthersAddress() {
    assertThat(pipe.far().remoteAddress()).isEqualTo(HERE);
    assertThat(pipe.near().remoteAddress()).isEqualTo(THERE);
  }
}

package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link QuickSocket} and {@link Readers} over loopback. */
@Timeout(20)
class QuickSocketTest {
  private final List<AutoCloseable> opened = new ArrayList<>();

  private record Pair(SocketChannel near, SocketChannel far) {}

  @BeforeEach
  void onLinuxOnly() {
    assumeTrue(System.getProperty("os.name").equals("Linux"));
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : opened) {
      each.close();
    }
  }

  @Test
  void neverWaitsForSomethingToRead() throws IOException {
    Pair pair = pair();
    QuickSocket quick = quick(pair);
    assertThat(quick.read(ByteBuffer.allocate(10))).isZero();
  }

  @Test
  void readsWhatIsThereAndThenTheEnd() throws Exception {
    Pair pair = pair();
    QuickSocket quick = quick(pair);
    pair.far.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    awaitReadable(quick);
    ByteBuffer target = ByteBuffer.allocate(10).position(4);
    assertThat(quick.read(target)).isEqualTo(3);
    assertThat(target.position()).isEqualTo(7);
    assertThat(target.get(6)).isEqualTo((byte) 3);
    pair.far.close();
    awaitReadable(quick);
    assertThat(quick.read(target)).isEqualTo(-1);
  }

  @Test
  void writesWhatFitsAndDoesNotWaitForRoom() throws IOException {
    Pair pair = pair();
    QuickSocket quick = quick(pair);
    long most = 1L << 30;
    long written = 0;
    int count;
    do {
      ByteBuffer source = ByteBuffer.allocate(1 << 20);
      count = quick.write(source);
      assertThat(source.position()).isEqualTo(count);
      written += count;
    } while (count > 0 && written < most);
    assertThat(count).isZero();
    assertThat(written).isPositive();
  }

  @Test
  void doesNotTouchAClosedSocket() throws IOException {
    Pair pair = pair();
    QuickSocket quick = quick(pair);
    quick.close();
    assertThatThrownBy(() -> quick.read(ByteBuffer.allocate(1)))
        .isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> quick.write(ByteBuffer.allocate(1)))
        .isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> quick.whenReadable(() -> {}))
        .isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void tellsOnceForEachTimeItIsAsked() throws Exception {
    Pair pair = pair();
    QuickSocket quick = quick(pair);
    Semaphore told = new Semaphore(0);
    quick.whenReadable(told::release);
    pair.far.write(ByteBuffer.wrap(new byte[] {1}));
    told.acquire();
    pair.far.write(ByteBuffer.wrap(new byte[] {2}));
    // Another socket that is told of later shows that this one had its turn and was not.
    awaitReadable(withSomething());
    assertThat(told.availablePermits()).isZero();
    quick.whenReadable(told::release);
    told.acquire();
  }

  @Test
  void whoeverTakesLongHoldsUpNobodyElse() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CountDownLatch busy = new CountDownLatch(3 * Readers.LEAST);
    for (int i = 0; i < 3 * Readers.LEAST; i++) {
      withSomething()
          .whenReadable(() -> {
            busy.countDown();
            try {
              go.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }
    assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();
    awaitReadable(withSomething());
    assertThat(Readers.shared().threads()).isBetween(3 * Readers.LEAST + 1, Readers.MOST);
    go.countDown();
  }

  @Test
  void aFailureOfOneIsNotTheOthers() throws Exception {
    Thread.UncaughtExceptionHandler former = Thread.getDefaultUncaughtExceptionHandler();
    CountDownLatch told = new CountDownLatch(1);
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> told.countDown());
    try {
      withSomething()
          .whenReadable(() -> {
            throw new IllegalStateException("on purpose");
          });
      assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(former);
    }
    awaitReadable(withSomething());
  }

  private QuickSocket withSomething() throws IOException {
    Pair pair = pair();
    pair.far.write(ByteBuffer.wrap(new byte[] {1}));
    return quick(pair);
  }

  private static void awaitReadable(QuickSocket quick) throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    quick.whenReadable(told::countDown);
    assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
  }

  private QuickSocket quick(Pair pair) {
    QuickSocket quick = java.util.Objects.requireNonNull(QuickSocket.of(pair.near));
    opened.addFirst(quick::close);
    return quick;
  }

  private Pair pair() throws IOException {
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      SocketChannel near = SocketChannel.open(listener.getLocalAddress());
      SocketChannel far = listener.accept();
      opened.add(near);
      opened.add(far);
      return new Pair(near, far);
    }
  }
}

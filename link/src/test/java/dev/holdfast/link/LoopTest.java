package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A loop and what fails on it. */
@Timeout(30)
final class LoopTest {
  @Test
  void defectWhileAChannelIsServedClosesItAndIsTold() throws Exception {
    CompletableFuture<Throwable> fault = new CompletableFuture<>();
    CompletableFuture<Throwable> told = new CompletableFuture<>();
    try (Loop loop = Loop.start("defect", fault::complete)) {
      Pipe pipe = watched(loop, told);
      pipe.sink().write(ByteBuffer.allocate(1));
      assertThat(told.get()).hasMessage("a defect");
      assertThat(fault.get()).isSameAs(told.get());
      assertThat(pipe.source().isOpen()).isFalse();
    }
  }

  private static Pipe watched(Loop loop, CompletableFuture<Throwable> told) throws Exception {
    Pipe pipe = Pipe.open();
    pipe.source().configureBlocking(false);
    CompletableFuture<Void> registered = new CompletableFuture<>();
    loop.execute(() -> {
      try {
        loop.register(pipe.source(), SelectionKey.OP_READ, failing(told));
        registered.complete(null);
      } catch (IOException e) {
        registered.completeExceptionally(e);
      }
    });
    registered.get();
    return pipe;
  }

  private static Loop.Ready failing(CompletableFuture<Throwable> told) {
    return new Loop.Ready() {
      @Override
      public void ready(SelectionKey key) {
        throw new IllegalStateException("a defect");
      }

      @Override
      public void failed(Throwable why) {
        told.complete(why);
      }
    };
  }

  @Test
  void loopGoesOnWhenWhoeverHearsOfFaultsFails() throws Exception {
    AtomicInteger faults = new AtomicInteger();
    Loop.Faults failing =
        fault -> {
          faults.incrementAndGet();
          throw new IllegalStateException("no room in the log");
        };
    try (Loop loop = Loop.start("faults", failing)) {
      loop.execute(() -> {
        throw new IllegalStateException("a defect");
      });
      CompletableFuture<Void> later = new CompletableFuture<>();
      loop.execute(() -> later.complete(null));
      later.get();
      assertThat(faults).hasValue(1);
    }
  }

  @Test
  void whatIsGivenToALoopThatHasEndedIsClosed() throws Exception {
    Loop loop = Loop.start("ended", fault -> {});
    loop.close();
    AtomicInteger closed = new AtomicInteger();
    loop.give(closed::incrementAndGet, () -> closed.addAndGet(100));
    assertThat(closed).hasValue(1);
  }

  @Test
  void whatIsGivenToALoopThatEndsMeanwhileIsClosed() throws Exception {
    Loop loop = Loop.start("ending", fault -> {});
    AtomicInteger closed = new AtomicInteger();
    Loop.Pause pause = loop.pause();
    loop.end();
    loop.give(closed::incrementAndGet, () -> closed.addAndGet(100));
    pause.end();
    await().untilAsserted(() -> assertThat(closed).hasValue(1));
  }
}

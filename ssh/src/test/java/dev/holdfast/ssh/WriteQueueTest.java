package dev.holdfast.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class WriteQueueTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final long NO_LIMIT = Long.MAX_VALUE;

  private final WriteQueue queue = new WriteQueue();

  @Test
  void handsOutWhatCameFirst() {
    PendingWrite first = packet(1);
    PendingWrite second = packet(2);
    queue.add(first, NO_LIMIT);
    queue.add(second, NO_LIMIT);
    assertThat(queue.take()).isSameAs(first);
    assertThat(queue.take()).isSameAs(second);
  }

  @Test
  void countsAPacketUntilItIsWritten() {
    PendingWrite write = packet(100);
    queue.add(write, NO_LIMIT);
    queue.take();
    assertThat(queue.bytes()).isEqualTo(100);
    queue.written(write);
    assertThat(queue.bytes()).isZero();
  }

  @Test
  void takesUpToItsLimitAndAfterThatNothing() {
    assertThat(queue.add(packet(60), 100)).isEqualTo(WriteQueue.Added.YES);
    assertThat(queue.add(packet(40), 100)).isEqualTo(WriteQueue.Added.YES);
    assertThat(queue.add(packet(1), 100)).isEqualTo(WriteQueue.Added.FULL);
    assertThat(queue.add(packet(0), 100)).isEqualTo(WriteQueue.Added.CLOSED);
  }

  @Test
  void aProducerWaitsFromTheRoomsEndUntilThereIsRoomAgain() {
    PendingWrite first = packet(WriteQueue.ROOM - 1);
    queue.add(first, NO_LIMIT);
    assertThat(producer()).succeedsWithin(SOON);

    queue.add(packet(1), NO_LIMIT);
    CompletableFuture<Void> waiting = producer();
    assertThat(waiting).isNotDone();
    queue.take();
    queue.written(first);
    assertThat(waiting).succeedsWithin(SOON);
  }

  @Test
  void aProducerFailsWhenTheQueueEnds() {
    queue.add(packet(WriteQueue.ROOM), NO_LIMIT);
    CompletableFuture<Void> waiting = producer();
    queue.end();
    assertThatThrownBy(waiting::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(IOException.class);
  }

  @Test
  void aProducerThatIsInterruptedGivesUp() throws Exception {
    queue.add(packet(WriteQueue.ROOM), NO_LIMIT);
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Thread producer =
        Thread.startVirtualThread(() -> {
          try {
            queue.awaitRoom();
          } catch (IOException e) {
            thrown.complete(e);
          }
        });
    await().until(() -> producer.getState() == Thread.State.WAITING);
    producer.interrupt();
    assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class);
  }

  @Test
  void afterItsEndWhatIsThereIsHandedOutAndNothingIsAdded() {
    PendingWrite last = packet(1);
    queue.add(last, NO_LIMIT);
    queue.end();
    assertThat(queue.add(packet(1), NO_LIMIT)).isEqualTo(WriteQueue.Added.CLOSED);
    assertThat(queue.take()).isSameAs(last);
    assertThat(queue.take()).isNull();
  }

  @Test
  void abandonedItReturnsWhatWillNotGoOut() {
    PendingWrite lost = packet(1);
    queue.add(lost, NO_LIMIT);
    assertThat(queue.abandon()).containsExactly(lost);
    assertThat(queue.take()).isNull();
    assertThat(queue.add(packet(1), NO_LIMIT)).isEqualTo(WriteQueue.Added.CLOSED);
  }

  @Test
  void aPacketGoesStraightOnlyWhileNothingIsQueuedOrUnderWay() {
    PendingWrite straight = packet(1);
    assertThat(queue.beginStraight(straight)).isTrue();
    assertThat(queue.beginStraight(packet(1))).isFalse();
    queue.written(straight);

    PendingWrite queued = packet(1);
    queue.add(queued, NO_LIMIT);
    assertThat(queue.beginStraight(packet(1))).isFalse();
    queue.take();
    assertThat(queue.beginStraight(packet(1))).isFalse();
    queue.written(queued);
    assertThat(queue.beginStraight(packet(1))).isTrue();
  }

  @Test
  void whatAStraightWriteLeavesComesBeforeWhatWasQueuedMeanwhile() {
    PendingWrite straight = packet(5);
    PendingWrite queued = packet(1);
    queue.beginStraight(straight);
    queue.add(queued, NO_LIMIT);
    assertThat(queue.putBack(straight)).isTrue();
    assertThat(queue.take()).isSameAs(straight);
    assertThat(queue.take()).isSameAs(queued);
    assertThat(queue.bytes()).isEqualTo(6);
  }

  @Test
  void theWriterWaitsForAStraightWriteEvenAtTheEnd() {
    PendingWrite straight = packet(1);
    queue.beginStraight(straight);
    queue.end();
    CompletableFuture<Boolean> ended = CompletableFuture.supplyAsync(() -> queue.take() == null);
    assertThat(ended).isNotDone();
    queue.written(straight);
    assertThat(ended).succeedsWithin(SOON).isEqualTo(true);
    assertThat(queue.beginStraight(packet(1))).isFalse();
  }

  @Test
  void whatAStraightWriteLeavesIsNotKeptOnceAbandoned() {
    PendingWrite straight = packet(1);
    queue.beginStraight(straight);
    queue.abandon();
    assertThat(queue.putBack(straight)).isFalse();
    assertThat(queue.take()).isNull();
  }

  private CompletableFuture<Void> producer() {
    return CompletableFuture.runAsync(() -> {
      try {
        queue.awaitRoom();
      } catch (IOException e) {
        throw new CompletionException(e);
      }
    });
  }

  private static PendingWrite packet(int bytes) {
    return new PendingWrite("a connection", new ByteArrayBuffer(new byte[bytes]));
  }
}

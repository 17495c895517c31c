package dev.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Memory of a queue. */
final class ByteQueueTest {
  @Test
  void emptyQueueIsSmallAgainAfterBulk() {
    Chunks chunks = new Chunks(1L << 30);
    ByteQueue queue = new ByteQueue(chunks);
    queue.append(ByteBuffer.allocate(4 << 20));
    assertThat(queue.ringLength()).isGreaterThan(ByteQueue.MOST_EMPTY_RING);
    queue.dropTo(queue.end() - 1);
    queue.clear();
    assertThat(queue.ringLength()).isLessThanOrEqualTo(ByteQueue.MOST_EMPTY_RING);
    assertThat(chunks.lent()).isZero();
    queue.append(ByteBuffer.wrap(new byte[] {7}));
    assertThat(queue.view(queue.start(), 1)).isEqualTo(ByteBuffer.wrap(new byte[] {7}));
  }
}

package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class ByteQueueTest {
  private static final int MOST = 100_000;

  @Test
  void givesTheBytesInOrderHoweverTheyAreCutUp() throws Exception {
    SplittableRandom random = new SplittableRandom(3);
    byte[] sent = new byte[1 << 20];
    random.nextBytes(sent);
    ByteQueue queue = new ByteQueue(MOST);
    ByteArrayOutputStream got = new ByteArrayOutputStream();
    int at = 0;
    while (got.size() < sent.length) {
      int count = Math.min(random.nextInt(9_000), Math.min(sent.length - at, MOST - queue.size()));
      queue.add(sent, at, count);
      at += count;
      if (queue.size() > 0) {
        int room = 1 + random.nextInt(9_000);
        queue.drain((bytes, offset, length) -> take(got, bytes, offset, Math.min(room, length)));
      }
    }
    assertThat(got.toByteArray()).isEqualTo(sent);
    assertThat(queue.capacity()).isZero();
  }

  private static int take(ByteArrayOutputStream to, byte[] bytes, int offset, int length) {
    to.write(bytes, offset, length);
    return length;
  }

  @Test
  void holdsAsMuchAsItMayAndNoMore() {
    ByteQueue queue = new ByteQueue(MOST);
    queue.add(new byte[MOST], 0, MOST);
    assertThatThrownBy(() -> queue.add(new byte[1], 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(queue.size()).isEqualTo(MOST);
  }

  @Test
  void aSinkThatTakesNothingChangesNothing() throws Exception {
    ByteQueue queue = new ByteQueue(MOST);
    queue.add(new byte[] {1, 2}, 0, 2);
    assertThat(queue.drain((bytes, offset, length) -> -1)).isNegative();
    assertThat(queue.size()).isEqualTo(2);
  }
}

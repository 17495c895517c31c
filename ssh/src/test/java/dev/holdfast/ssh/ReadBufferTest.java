package dev.holdfast.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.apache.sshd.common.util.buffer.Buffer;
import org.junit.jupiter.api.Test;

final class ReadBufferTest {
  private final ReadBuffer buffer = new ReadBuffer();

  @Test
  void givesWhatWasReadIntoIt() {
    buffer.empty().put(new byte[] {1, 2, 3});
    Buffer filled = buffer.filled();
    assertThat(filled.getCompactData()).containsExactly(1, 2, 3);
    assertThat(buffer.empty().position()).isZero();
  }

  @Test
  void isSmallUntilOneReadFillsIt() {
    read(ReadBuffer.SMALL - 1);
    assertThat(buffer.capacity()).isEqualTo(ReadBuffer.SMALL);
    read(ReadBuffer.SMALL);
    assertThat(buffer.capacity()).isEqualTo(ReadBuffer.LARGE);
  }

  @Test
  void doesNotOutgrowLarge() {
    read(ReadBuffer.SMALL);
    read(ReadBuffer.LARGE);
    assertThat(buffer.capacity()).isEqualTo(ReadBuffer.LARGE);
  }

  @Test
  void becomesSmallAgainAfterManySmallReadsInARow() {
    read(ReadBuffer.SMALL);
    for (int i = 1; i < ReadBuffer.PATIENCE; i++) {
      read(1);
    }
    read(ReadBuffer.SMALL + 1);
    for (int i = 1; i < ReadBuffer.PATIENCE; i++) {
      read(1);
    }
    assertThat(buffer.capacity()).isEqualTo(ReadBuffer.LARGE);
    read(1);
    assertThat(buffer.capacity()).isEqualTo(ReadBuffer.SMALL);
  }

  private void read(int bytes) {
    ByteBuffer empty = buffer.empty();
    empty.position(bytes);
    buffer.filled();
  }
}

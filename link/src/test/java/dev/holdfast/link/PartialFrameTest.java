package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Objects;
import java.util.Random;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/** The beginning of a frame, and what it costs until the rest has come. */
final class PartialFrameTest {
  private final ByteBuffer scratch = ByteBuffer.allocate(Loop.SCRATCH);
  private final PartialFrame partial = new PartialFrame();

  @Test
  void bytesThatComeSinglyAreRarelyMoved() throws Exception {
    ReadableByteChannel from = portions(bytes(PartialFrame.MOST), () -> 1);
    int moved = 0;
    for (int i = 1; i <= PartialFrame.MOST; i++) {
      ByteBuffer input = Objects.requireNonNull(partial.read(from, scratch.clear()));
      assertThat(input.remaining()).isEqualTo(i);
      moved += input.capacity() == scratch.capacity() ? i : 0;
      assertThat(partial.keep(input)).isTrue();
      assertThat(partial.capacity()).isBetween(i, Math.max(256, 2 * i));
    }
    assertThat(moved).isLessThan(2 * PartialFrame.MOST);
  }

  @Test
  void everyByteComesInOrderHoweverItIsPortionedAndTaken() throws Exception {
    Random random = new Random(11);
    byte[] all = bytes(8 << 20);
    ReadableByteChannel from =
        portions(all, () -> random.nextBoolean() ? random.nextInt(100) : random.nextInt(200_000));
    int taken = 0;
    while (taken < all.length) {
      ByteBuffer input = Objects.requireNonNull(partial.read(from, scratch.clear()));
      int least = Math.max(0, input.remaining() - PartialFrame.MOST);
      int some = least + random.nextInt(input.remaining() - least + 1);
      assertThat(input.slice(input.position(), some)).isEqualTo(ByteBuffer.wrap(all, taken, some));
      input.position(input.position() + some);
      taken += some;
      assertThat(partial.keep(input)).isTrue();
      assertThat(partial.capacity()).isLessThanOrEqualTo(PartialFrame.MOST);
    }
    assertThat(partial.capacity()).isZero();
  }

  @Test
  void beginningThatIsLongerThanAnyFrameIsNotKept() {
    assertThat(partial.keep(ByteBuffer.allocate(PartialFrame.MOST))).isTrue();
    assertThat(partial.keep(ByteBuffer.allocate(PartialFrame.MOST + 1))).isFalse();
  }

  private static byte[] bytes(int number) {
    byte[] bytes = new byte[number];
    new Random(3).nextBytes(bytes);
    return bytes;
  }

  private static ReadableByteChannel portions(byte[] all, IntSupplier portion) {
    ByteBuffer left = ByteBuffer.wrap(all);
    return new ReadableByteChannel() {
      @Override
      public int read(ByteBuffer target) {
        int bytes = Math.min(portion.getAsInt(), Math.min(left.remaining(), target.remaining()));
        target.put(left.slice(left.position(), bytes));
        left.position(left.position() + bytes);
        return bytes;
      }

      @Override
      public boolean isOpen() {
        return true;
      }

      @Override
      public void close() {}
    };
  }
}

package dev.holdfast.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class ChannelInputTest {
  private final AtomicInteger released = new AtomicInteger();
  private final ChannelInput input = new ChannelInput(released::addAndGet);

  @Test
  void givesTheBytesInOrderHoweverTheyAreCutUpOnBothSides() throws Exception {
    SplittableRandom random = new SplittableRandom(7);
    byte[] sent = CopyPrograms.bytes(300_000, 7).readAllBytes();
    ByteArrayOutputStream got = new ByteArrayOutputStream();
    byte[] target = new byte[10_000];
    for (int at = 0; at < sent.length; ) {
      int count = Math.min(random.nextInt(9_000), sent.length - at);
      input.receive(sent, at, count);
      at += count;
      if (input.available() > 0) {
        got.write(target, 0, input.read(target, 0, 1 + random.nextInt(target.length - 1)));
      }
    }
    input.end();
    got.write(input.readAllBytes());
    assertThat(got.toByteArray()).isEqualTo(sent);
  }

  @Test
  void releasesTheWindowByWhatIsReadAndNotBefore() throws Exception {
    input.receive(new byte[100], 0, 100);
    assertThat(released).hasValue(0);
    assertThat(input.read(new byte[60])).isEqualTo(60);
    assertThat(released).hasValue(60);
    assertThat(input.read()).isZero();
    assertThat(released).hasValue(61);
  }

  @Test
  void holdsLittleMoreThanWhatIsUnreadAndGivesMuchBack() throws Exception {
    assertThat(input.capacity()).isZero();
    input.receive(new byte[1], 0, 1);
    assertThat(input.capacity()).isEqualTo(ChannelInput.SMALL);
    byte[] much = new byte[2 * ChannelInput.KEPT];
    input.receive(much, 0, much.length - 1);
    assertThat(input.capacity()).isEqualTo(much.length);
    assertThat(input.readNBytes(much.length)).isEqualTo(much);
    assertThat(input.capacity()).isZero();
  }

  @Test
  void keepsASmallRing() throws Exception {
    byte[] some = new byte[ChannelInput.KEPT];
    input.receive(some, 0, some.length);
    input.readNBytes(some.length);
    assertThat(input.capacity()).isEqualTo(ChannelInput.KEPT);
  }

  @Test
  void endsAfterWhatHasCome() throws Exception {
    input.receive(new byte[] {5}, 0, 1);
    input.end();
    input.receive(new byte[] {6}, 0, 1);
    assertThat(input.read()).isEqualTo(5);
    assertThat(input.read()).isEqualTo(-1);
    assertThat(input.read()).isEqualTo(-1);
  }

  @Test
  void failsAfterWhatHasComeIfMoreShouldHaveCome() throws Exception {
    input.receive(new byte[] {5}, 0, 1);
    input.fail(new IOException("gone"));
    assertThat(input.read()).isEqualTo(5);
    assertThatThrownBy(input::read).isInstanceOf(IOException.class).hasMessage("gone");
  }

  @Test
  void anEndStaysAnEnd() throws Exception {
    input.end();
    input.fail(new IOException("gone"));
    assertThat(input.read()).isEqualTo(-1);
  }

  @Test
  void aReaderWaitsForTheNextByte() throws Exception {
    CompletableFuture<Integer> read = CompletableFuture.supplyAsync(() -> readOne(input));
    assertThat(read).isNotDone();
    input.receive(new byte[] {(byte) 200}, 0, 1);
    assertThat(read.get()).isEqualTo(200);
  }

  @Test
  void aReaderThatIsInterruptedGivesUp() throws Exception {
    CompletableFuture<Throwable> thrown = new CompletableFuture<>();
    Thread reader =
        Thread.startVirtualThread(() -> {
          try {
            thrown.completeExceptionally(new AssertionError(input.read()));
          } catch (IOException e) {
            thrown.complete(e);
          }
        });
    await().until(() -> reader.getState() == Thread.State.WAITING);
    reader.interrupt();
    assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class);
  }

  @Test
  void readingNothingDoesNotWait() throws Exception {
    assertThat(input.read(new byte[0])).isZero();
  }

  private static int readOne(InputStream input) {
    try {
      return input.read();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class FlightTest {
  private static final long BYTES_MAX = 1 << 20;
  private static final int PIECES_MAX = 16;

  private final Segments segments = new Segments();
  private final Flight flight = new Flight(BYTES_MAX, segments);
  private final ByteBuffer[] buffers = new ByteBuffer[PIECES_MAX];
  private long bytesUnderWay;

  @Test
  void nothingIsDueBeforeItsInstant() throws InterruptedException {
    depart("abc", 1_000_000);
    assertThat(flight.next()).isEqualTo(1_000_000);
    assertThat(flight.due(999_999, buffers)).isZero();
    assertThat(flight.due(1_000_000, buffers)).isEqualTo(1);
    assertThat(text(buffers[0])).isEqualTo("abc");
  }

  @Test
  void onlyWhatIsDueIsTaken() throws InterruptedException {
    depart("early", 0);
    depart("late", 1_000_000);
    assertThat(flight.due(999_999, buffers)).isEqualTo(1);
    flight.arrive(5);
    assertThat(flight.next()).isEqualTo(1_000_000);
  }

  @Test
  void aPieceThatArrivedInPartGoesOnWhereItStopped() throws InterruptedException {
    depart("abcdef", 0);
    flight.arrive(2);
    assertThat(flight.due(0, buffers)).isEqualTo(1);
    assertThat(text(buffers[0])).isEqualTo("cdef");
  }

  @Test
  void readsWithinAGrainShareAPieceAndNoOthersDo() throws InterruptedException {
    depart("a", 0);
    depart("b", Flight.GRAIN_NANOS - 1);
    depart("c", Flight.GRAIN_NANOS);
    assertThat(flight.due(Flight.GRAIN_NANOS, buffers)).isEqualTo(2);
    assertThat(text(buffers[0])).isEqualTo("ab");
    assertThat(text(buffers[1])).isEqualTo("c");
  }

  @Test
  void theEndComesAfterWhatDeparted() throws InterruptedException {
    depart("a", 5);
    flight.end(9);
    assertThat(flight.next()).isEqualTo(5);
    flight.arrive(1);
    assertThat(flight.next()).isEqualTo(-1);
    assertThat(flight.endNanos()).isEqualTo(9);
  }

  @Test
  void thereIsNoRoomOnceTheBoundIsReachedUntilSomethingArrives() throws Exception {
    while (bytesUnderWay < BYTES_MAX) {
      departFull(0);
    }
    var room = new FutureTask<>(flight::room);
    Thread filling = Thread.ofPlatform().daemon().start(room);
    Eventually.holds("the filling waits", () -> filling.getState() == Thread.State.WAITING);
    assertThat(bytesUnderWay).isLessThan(BYTES_MAX + Segments.SEGMENT_BYTES);
    flight.arrive(bytesUnderWay - BYTES_MAX + 1);
    assertThat(room.get(10, TimeUnit.SECONDS)).isNotNull();
  }

  @Test
  void closingEndsBothWaits() throws Exception {
    var empty = new FutureTask<>(flight::next);
    Thread.ofPlatform().daemon().start(empty);
    flight.close();
    assertThat(empty.get(10, TimeUnit.SECONDS)).isEqualTo(-1);
    assertThat(flight.room()).isNull();
  }

  @Test
  void everyByteArrivesOnceInOrderHoweverItIsCut() throws Exception {
    int total = 64 << 20;
    var filling =
        new FutureTask<Void>(() -> {
          fill(total);
          return null;
        });
    Thread.ofPlatform().daemon().start(filling);
    assertThat(empty()).isEqualTo(total);
    filling.get(10, TimeUnit.SECONDS);
  }

  /** Departs bytes that count up, in lengths from a seed. */
  private void fill(int total) throws InterruptedException {
    var random = new Random(1);
    int at = 0;
    while (at < total) {
      ByteBuffer room = room();
      int most = random.nextBoolean() ? 300 : room.remaining();
      int count = Math.min(total - at, 1 + random.nextInt(Math.min(most, room.remaining())));
      for (int i = 0; i < count; i++) {
        room.put((byte) (at++ % 251));
      }
      flight.depart(count, System.nanoTime());
    }
    flight.end(System.nanoTime());
  }

  /** Takes what is due in parts from a seed and returns how many bytes were as expected. */
  private long empty() throws InterruptedException {
    var random = new Random(2);
    int at = 0;
    while (flight.next() >= 0) {
      int count = flight.due(Long.MAX_VALUE, buffers);
      long part = 0;
      for (int i = 0; i < count; i++) {
        int take =
            i == count - 1 ? 1 + random.nextInt(buffers[i].remaining()) : buffers[i].remaining();
        for (int j = 0; j < take; j++) {
          if (buffers[i].get() != (byte) (at++ % 251)) {
            return at - 1L;
          }
        }
        part += take;
      }
      flight.arrive(part);
    }
    return at;
  }

  private void depart(String text, long dueNanos) throws InterruptedException {
    ByteBuffer room = room();
    for (int i = 0; i < text.length(); i++) {
      room.put((byte) text.charAt(i));
    }
    flight.depart(text.length(), dueNanos);
  }

  private void departFull(long dueNanos) throws InterruptedException {
    int count = room().remaining();
    flight.depart(count, dueNanos);
    bytesUnderWay += count;
  }

  private ByteBuffer room() throws InterruptedException {
    return Objects.requireNonNull(flight.room());
  }

  private static String text(ByteBuffer bytes) {
    var text = new StringBuilder();
    while (bytes.hasRemaining()) {
      text.append((char) bytes.get());
    }
    return text.toString();
  }
}

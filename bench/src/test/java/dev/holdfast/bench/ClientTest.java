package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every order, over plain sockets to a server in this process. */
final class ClientTest {
  private final Client client = new Client(SocketPipe::open);
  private int port;

  @BeforeEach
  void open() throws IOException {
    port = Service.listen(Thread.ofVirtual().factory());
    assertThat(client.answer("open 1 " + port)).isEqualTo("ok");
  }

  @Test
  void transfersAreTimedOneAfterTheOtherOnOneConnection() {
    for (String order : new String[] {"up", "down", "both"}) {
      assertThat(numbers(order + " 1 3000000")).hasSize(1).allMatch(nanos -> nanos > 0);
    }
    assertThat(client.answer("check 1 3000000")).isEqualTo("ok");
  }

  @Test
  void tripsAnswerMedianNinetyNinthAndLongest() {
    assertThat(numbers("trips 1 500")).hasSize(3).isSorted().allMatch(nanos -> nanos > 0);
  }

  @Test
  void aKeyAnswersWhenItWasTypedAndWhenItsEchoCame() {
    Long[] instants = numbers("key 1");
    assertThat(instants).hasSize(2);
    assertThat(instants[1]).isGreaterThan(instants[0]);
  }

  @Test
  void ticksAnswerThePausesOfTheStream() {
    var halting = new Client(to -> new HaltingPipe(SocketPipe.open(to)));
    assertThat(halting.answer("open 1 " + port)).isEqualTo("ok");
    Long[] pauses = numbers(halting, "ticks 1 50");
    assertThat(pauses.length % 2).isZero();
    assertThat(
            IntStream.range(0, pauses.length / 2).mapToLong(i -> pauses[2 * i + 1] - pauses[2 * i]))
        .anyMatch(nanos -> nanos >= HaltingPipe.HALT_NANOS);
  }

  @Test
  void heldConnectionsWorkAndAreDropped() {
    assertThat(client.answer("hold " + port + " 20")).isEqualTo("ok 20");
    assertThat(client.answer("hold " + port + " 5")).isEqualTo("ok 25");
    assertThat(client.answer("busy 4 100000")).isEqualTo("ok");
    assertThat(client.answer("drop")).isEqualTo("ok");
    assertThat(client.answer("busy 1 1")).startsWith("failed");
  }

  @Test
  void otherBytesThanWereSentAreNoticed() {
    var damaged = new Client(to -> new DamagedPipe(SocketPipe.open(to)));
    assertThat(damaged.answer("open 1 " + port)).isEqualTo("ok");
    assertThat(damaged.answer("check 1 100000")).contains("other bytes came back");
  }

  @Test
  void whatCannotBeDoneIsAnsweredByOneLineThatSaysSo() {
    assertThat(client.answer("up 2 1")).startsWith("failed up 2 1: ").contains("slot 2");
    assertThat(client.answer("dance 1")).startsWith("failed dance 1: ");
    assertThat(client.answer("up 1 x")).startsWith("failed up 1 x: ");
    assertThat(client.answer("close 1")).isEqualTo("ok");
    assertThat(client.answer("key 1")).startsWith("failed key 1: ");
  }

  private Long[] numbers(String order) {
    return numbers(client, order);
  }

  private static Long[] numbers(Client client, String order) {
    String answer = client.answer(order);
    assertThat(answer).startsWith("ok ");
    return Arrays.stream(answer.substring(3).split(" ", -1))
        .map(Long::valueOf)
        .toArray(Long[]::new);
  }

  /** Reads slowly once. */
  private static final class HaltingPipe implements Pipe {
    static final long HALT_NANOS = 30_000_000;
    private static final int HALT_AT = 10;

    private final Pipe sound;
    private int reads;

    HaltingPipe(Pipe sound) {
      this.sound = sound;
    }

    @Override
    public ByteBuffer buffer(int capacity) {
      return sound.buffer(capacity);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
      long start = System.nanoTime();
      while (reads == HALT_AT && System.nanoTime() - start < HALT_NANOS) {
        Thread.onSpinWait();
      }
      reads++;
      return sound.read(into);
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
      sound.write(from);
    }

    @Override
    public void close() throws IOException {
      sound.close();
    }
  }

  /** Changes one bit of each read. */
  private record DamagedPipe(Pipe sound) implements Pipe {
    @Override
    public ByteBuffer buffer(int capacity) {
      return sound.buffer(capacity);
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
      int at = into.position();
      int count = sound.read(into);
      into.put(at, (byte) (into.get(at) ^ 1));
      return count;
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
      sound.write(from);
    }

    @Override
    public void close() throws IOException {
      sound.close();
    }
  }
}

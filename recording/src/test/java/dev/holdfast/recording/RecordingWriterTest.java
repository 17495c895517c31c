package dev.holdfast.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.recording.Event.Content;
import dev.holdfast.recording.Event.End;
import dev.holdfast.recording.Event.Gap;
import dev.holdfast.recording.Event.Output;
import dev.holdfast.recording.Event.Way;
import dev.holdfast.recording.Event.Why;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RecordingWriterTest {
  @Test
  void everyEventComesBackInOrderWithItsTimeAndNumber() {
    List<Event> events = new ArrayList<>();

    Verification found = Samples.verify(Samples.threeParts(Samples.NAME), events);

    assertThat(found.findings()).isEmpty();
    assertThat(found.state()).isEqualTo(Verification.State.WHOLE);
    assertThat(found.parts()).isEqualTo(3);
    assertThat(found.bytes()).isEqualTo(9);
    assertThat(events).hasSize(8);
    assertThat(events).extracting(Event::number).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L);
    List<Event> expected = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      expected.add(new Event(i, events.get(i).nanos(), Samples.contents().get(i)));
    }
    assertThat(Samples.text(events)).isEqualTo(Samples.text(expected));
  }

  @Test
  void outputOfAnySizeIsTheSameBehindIt() throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    MemoryParts memory = new MemoryParts();
    RecordingWriter writer = new RecordingWriter(Samples.NAME, Samples.SIGNER, memory);
    writer.write(Samples.buffer(List.of(Samples.start())));
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    for (int i = 0; i < 60; i++) {
      byte[] data = new byte[1 + random.nextInt(200_000)];
      random.nextBytes(data);
      written.writeBytes(data);
      EventBuffer buffer = new EventBuffer();
      buffer.output(i, Way.STDOUT, data, 0, data.length);
      writer.write(buffer);
    }
    EventBuffer last = new EventBuffer();
    last.add(100, new End(Why.WHOLE, writer.offset(), ""));
    writer.writeLast(last);
    writer.finish();

    ByteArrayOutputStream read = new ByteArrayOutputStream();
    List<Event> events = new ArrayList<>();
    List<byte[]> parts = memory.parts.stream().map(ByteArrayOutputStream::toByteArray).toList();
    Verification found = Samples.verify(parts, events);
    events.forEach(event -> {
      if (event.content() instanceof Output(_, byte[] data)) {
        read.writeBytes(data);
      }
    });
    assertThat(found.state()).as("%s", found).isEqualTo(Verification.State.WHOLE);
    assertThat(parts.size()).isGreaterThan(5);
    assertThat(parts).allMatch(part -> part.length <= RecordingWriter.MOST_WRITTEN);
    assertThat(read.toByteArray()).isEqualTo(written.toByteArray());
  }

  @Test
  void aPartIsBoundedByItsEventsHoweverWellTheyCompress() throws IOException {
    MemoryParts memory = new MemoryParts();
    RecordingWriter writer = new RecordingWriter(Samples.NAME, Samples.SIGNER, memory);
    EventBuffer buffer = new EventBuffer();
    byte[] data = new byte[1 << 20];
    for (long sum = 0; sum <= RecordingWriter.FULL_PART_EVENTS; sum += data.length) {
      buffer.clear(Integer.MAX_VALUE);
      buffer.output(0, Way.STDOUT, data, 0, data.length);
      writer.write(buffer);
    }
    assertThat(memory.finished).isEqualTo(1);
  }

  @Test
  void withoutRoomForAnotherPartTheLastEventsGoIntoTheOpenOne() throws IOException {
    MemoryParts memory = new MemoryParts();
    memory.room = 1;
    RecordingWriter writer = new RecordingWriter(Samples.NAME, Samples.SIGNER, memory);
    writer.write(Samples.buffer(List.of(Samples.start())));
    byte[] data = new byte[100_000];
    new SplittableRandom(1).nextBytes(data);
    EventBuffer buffer = new EventBuffer();
    buffer.output(0, Way.STDOUT, data, 0, data.length);
    assertThatIOException()
        .isThrownBy(() -> {
          for (int i = 0; i < 20; i++) {
            writer.write(buffer);
          }
        })
        .withMessage("no room");
    long written = writer.offset();
    assertThat(written).isBetween(500_000L, 800_000L);

    List<Content> last = List.of(new Gap(1, "no room"), new End(Why.WHOLE, written, ""));
    writer.writeLast(Samples.buffer(writer.nanos(), last));
    writer.finish();

    Verification found = Samples.verify(List.of(memory.part(0)));
    assertThat(found.state()).isEqualTo(Verification.State.WHOLE);
    assertThat(found.bytes()).isEqualTo(written);
    assertThat(memory.part(0).length).isLessThanOrEqualTo(RecordingWriter.MOST_WRITTEN);
  }

  @Test
  void whatASinkRefusesIsNotCountedAndMayBeTriedAgain() throws IOException {
    MemoryParts memory = new MemoryParts();
    boolean[] broken = {false};
    RecordingWriter.Sink sink =
        new RecordingWriter.Sink() {
          @Override
          public void prepare(int index) {}

          @Override
          public void write(int index, byte[] bytes, int from, int to) throws IOException {
            if (broken[0]) {
              throw new IOException("full");
            }
            memory.write(index, bytes, from, to);
          }

          @Override
          public void finish(int index, Optional<Continuation> next) {}
        };
    RecordingWriter writer = new RecordingWriter(Samples.NAME, Samples.SIGNER, sink);
    writer.write(Samples.buffer(Samples.contents().subList(0, 3)));
    broken[0] = true;
    assertThatIOException()
        .isThrownBy(() -> writer.write(Samples.buffer(Samples.contents().subList(3, 5))));
    assertThatIOException().isThrownBy(writer::finish);
    broken[0] = false;
    assertThat(writer.number()).isEqualTo(3);
    writer.write(Samples.buffer(writer.nanos(), Samples.contents().subList(3, 8)));
    writer.finish();

    assertThat(Samples.verify(List.of(memory.part(0))).state()).isEqualTo(Verification.State.WHOLE);
  }

  @Test
  void lastEventsAreFew() {
    RecordingWriter writer = new RecordingWriter(Samples.NAME, Samples.SIGNER, new MemoryParts());
    EventBuffer many = Samples.buffer(List.of(new Gap(0, "x".repeat(RecordingWriter.MOST_LAST))));
    assertThatThrownBy(() -> writer.writeLast(many)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theBufferHoldsNoMoreMemoryThanItIsAskedToKeep() {
    EventBuffer buffer = new EventBuffer();
    buffer.output(0, Way.STDOUT, new byte[100_000], 0, 100_000);
    buffer.clear(1000);
    assertThat(buffer.array()).isEmpty();
    assertThat(buffer.size()).isZero();
  }

  @Test
  void partsAreTheSameEachTime() {
    List<byte[]> once = Samples.threeParts(Samples.NAME);
    List<byte[]> again = Samples.threeParts(Samples.NAME);
    for (int i = 0; i < once.size(); i++) {
      assertThat(Arrays.equals(once.get(i), again.get(i))).isTrue();
    }
  }
}

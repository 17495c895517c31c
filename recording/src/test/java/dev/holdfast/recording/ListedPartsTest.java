package dev.holdfast.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ListedPartsTest {
  private final List<String> told = new ArrayList<>();

  private final PartStore store =
      new PartStore() {
        @Override
        public void begin(String recording, Subject subject) {
          told.add("begin " + subject.login() + " " + subject.started());
        }

        @Override
        public void put(String recording, int index, byte[] part) {
          told.add("put " + index);
        }

        @Override
        public void complete(String recording) {
          told.add("complete");
        }

        @Override
        public Optional<byte[]> get(String recording, int index) {
          return Optional.empty();
        }

        @Override
        public List<Integer> parts(String recording) {
          return List.of();
        }

        @Override
        public List<String> recordings() {
          return List.of();
        }

        @Override
        public void delete(String recording) {}
      };

  private final ListedParts listed = new ListedParts(store);

  @Test
  void theStoreIsToldOfTheStartBeforeTheFirstPartAndOfTheEndBehindTheLast() throws Exception {
    MemoryParts parts = new MemoryParts();
    RecordingWriter writer = new RecordingWriter(Samples.NAME, Samples.SIGNER, parts);
    EventBuffer first = new EventBuffer();
    first.add(0, Samples.start());
    writer.write(first);
    writer.finish();
    EventBuffer second = new EventBuffer();
    second.add(1, new Event.Resize(100, 30));
    writer.write(second);
    writer.finish();
    EventBuffer last = new EventBuffer();
    last.add(2, new Event.End(Event.Why.WHOLE, 0, ""));
    writer.write(last);
    writer.finish();
    for (int i = 0; i < parts.parts.size(); i++) {
      listed.put(Samples.NAME, i, parts.part(i));
    }
    assertThat(told)
        .containsExactly("begin alice 2026-01-02T03:04:05Z", "put 0", "put 1", "put 2", "complete");
  }

  @Test
  void whatIsNoWholePartIsNotPut() throws Exception {
    MemoryParts parts = new MemoryParts();
    RecordingWriter writer = new RecordingWriter(Samples.NAME, Samples.SIGNER, parts);
    EventBuffer start = new EventBuffer();
    start.add(0, Samples.start());
    writer.write(start);
    writer.finish();
    byte[] part = parts.part(0);
    byte[] torn = Arrays.copyOf(part, part.length - 1);
    assertThatThrownBy(() -> listed.put(Samples.NAME, 0, torn))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Part 0 of recording " + Samples.NAME);
    assertThatThrownBy(() -> listed.put(Samples.NAME, 0, new byte[3]))
        .isInstanceOf(IOException.class);
    assertThat(told).isEmpty();
  }
}

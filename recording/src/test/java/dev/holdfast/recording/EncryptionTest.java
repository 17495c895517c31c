package dev.holdfast.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.Json;
import dev.holdfast.access.Recipient;
import dev.holdfast.recording.Event.Content;
import dev.holdfast.recording.Event.End;
import dev.holdfast.recording.Event.Gap;
import dev.holdfast.recording.Event.Output;
import dev.holdfast.recording.Event.Why;
import dev.holdfast.recording.Verification.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncryptionTest {
  private static final ReadingKey ADA = ReadingKey.generate();
  private static final ReadingKey BOB = ReadingKey.generate();
  private static final ReadingKey EVE = ReadingKey.generate();
  private static final List<Recipient> BOTH = List.of(ADA.recipient(), BOB.recipient());
  private static final int FIRST_BLOCK = RecordingFormat.UNSIGNED_HEAD + 64;

  @TempDir private Path directory;

  private static List<byte[]> threeParts() throws IOException {
    MemoryParts memory = new MemoryParts();
    RecordingWriter writer = new RecordingWriter(Samples.NAME, Samples.SIGNER, memory, BOTH);
    List<Content> all = Samples.contents();
    for (List<Content> part : List.of(all.subList(0, 3), all.subList(3, 5), all.subList(5, 8))) {
      writer.write(Samples.buffer(writer.nanos(), part));
      writer.finish();
    }
    return List.of(memory.part(0), memory.part(1), memory.part(2));
  }

  private static Verification read(List<byte[]> parts, List<Event> events, ReadingKey... keys) {
    Verifier verifier = new Verifier(List.of(keys), events::add);
    for (int i = 0; i < parts.size(); i++) {
      verifier.add("part " + i, i, parts.get(i));
    }
    return verifier.finish();
  }

  @Test
  void everyRecipientReadsItAsItWasWrittenAndNobodyElse() throws IOException {
    List<byte[]> parts = threeParts();
    List<Event> plain = new ArrayList<>();
    Samples.verify(Samples.threeParts(Samples.NAME), plain);
    for (ReadingKey key : List.of(ADA, BOB)) {
      List<Event> events = new ArrayList<>();
      Verification found = read(parts, events, EVE, key);
      assertThat(found.state()).isEqualTo(State.WHOLE);
      assertThat(found.hidden()).isEmpty();
      assertThat(Samples.text(events)).isEqualTo(Samples.text(plain));
    }
    List<Event> events = new ArrayList<>();
    Verification found = read(parts, events, EVE);
    assertThat(events).isEmpty();
    assertThat(found.hidden()).containsExactlyElementsOf(BOTH);
  }

  @Test
  void withoutAKeyItIsCheckedToTheLastByteAndItsEndIsKnown() throws IOException {
    List<byte[]> parts = threeParts();
    Verification known = Samples.verify(Samples.threeParts(Samples.NAME));
    Verification found = read(parts, new ArrayList<>());
    assertThat(found.state()).isEqualTo(State.WHOLE);
    assertThat(found.events()).isEqualTo(known.events());
    assertThat(found.bytes()).isEqualTo(known.bytes());
    assertThat(found.length()).isEqualTo(known.length());
    assertThat(found.signer()).isEqualTo(known.signer());
    assertThat(found.about().text("login")).isEqualTo("alice");
    assertThat(read(parts.subList(0, 2), new ArrayList<>()).state()).isEqualTo(State.UNFINISHED);
    assertThat(read(List.of(parts.get(0), parts.get(2)), new ArrayList<>()).findings())
        .contains("part 1 is missing.");
  }

  @Test
  void everyFlippedBitIsSeenWithAndWithoutTheKey() throws IOException {
    List<byte[]> parts = threeParts();
    for (int part = 0; part < parts.size(); part++) {
      for (int at = 0; at < parts.get(part).length; at += 5) {
        List<byte[]> changed = new ArrayList<>(parts);
        changed.set(part, parts.get(part).clone());
        changed.get(part)[at] ^= (byte) (1 << (at % 8));
        assertThat(read(changed, new ArrayList<>()).state())
            .as("part %d byte %d", part, at)
            .isIn(State.DAMAGED, State.UNFINISHED);
        assertThat(read(changed, new ArrayList<>(), ADA).state())
            .as("part %d byte %d with its key", part, at)
            .isIn(State.DAMAGED, State.UNFINISHED);
      }
    }
  }

  /** Neither what was shown nor the command; who, where and when stands in the label. */
  @Test
  void nothingOfWhatHappenedStandsInTheParts() throws IOException {
    MemoryParts memory = new MemoryParts();
    RecordingWriter writer = new RecordingWriter(Samples.NAME, Samples.SIGNER, memory, BOTH);
    byte[] noise = new byte[2000];
    new java.util.SplittableRandom(7).nextBytes(noise);
    System.arraycopy(Samples.bytes("marked output"), 0, noise, 500, 13);
    writer.write(
        Samples.buffer(
            List.of(
                new Event.Start(
                    Json.members("user", Json.of("alice"), "command", Json.of("marked command"))),
                new Output(Event.Way.STDOUT, noise))));
    writer.finish();
    String stored = new String(memory.part(0), StandardCharsets.ISO_8859_1);
    assertThat(stored).contains("\"alice\"").doesNotContain("marked");
    assertThat(writer.number()).isEqualTo(2);
  }

  @Test
  void aPartsKeyIsNoneOfAnothers() throws Exception {
    List<byte[]> parts = threeParts();
    PartHead first = PartReader.of(parts.get(0), 0).head();
    Envelope envelope = java.util.Objects.requireNonNull(first.envelope());
    assertThat(envelope.open(List.of(ADA), Samples.NAME, 0)).isPresent();
    assertThat(envelope.open(List.of(EVE), Samples.NAME, 0)).isEmpty();
    assertThatThrownBy(() -> envelope.open(List.of(ADA), Samples.NAME, 1))
        .isInstanceOf(MalformedPartException.class);
    assertThatThrownBy(() -> envelope.open(List.of(ADA), "0".repeat(32), 0))
        .isInstanceOf(MalformedPartException.class);
  }

  /** Whoever signs could say something else of a block than who made it. */
  @Test
  void aNoteThatWasChangedByTheSignerIsSeenByWhoCanRead() throws IOException {
    byte[] part = threeParts().get(0);
    int note = FIRST_BLOCK + envelopeLength(part) + RecordingFormat.BLOCK_HEAD;
    byte[] lied = part.clone();
    lied[note + 11]--;
    lied = Samples.signedAnew(lied, FIRST_BLOCK + envelopeLength(part));
    assertThat(read(List.of(lied), new ArrayList<>(), ADA).findings().toString())
        .contains("a block can't be decrypted");
  }

  private static int envelopeLength(byte[] part) {
    int label = FIRST_BLOCK + 1 + 2 * (32 + 32 + 48);
    return 1 + 2 * (32 + 32 + 48) + 2 + (((part[label] & 0xff) << 8) | (part[label + 1] & 0xff));
  }

  /** What ends the recordings of a process that was killed has no key to read them by. */
  @Test
  void anotherProcessEndsATornPartWithoutItsKey() throws Exception {
    MemoryParts memory = new MemoryParts();
    RecordingWriter writer = new RecordingWriter(Samples.NAME, Samples.SIGNER, memory, BOTH);
    writer.write(Samples.buffer(Samples.contents().subList(0, 3)));
    byte[] torn = Arrays.copyOf(memory.part(0), memory.part(0).length + 5);
    TornPart left = TornPart.of(torn).orElseThrow();
    assertThat(left.whole()).isEqualTo(memory.part(0));
    assertThat(left.recipients()).isEqualTo(BOTH);
    assertThat(left.isEnded()).isFalse();
    MemoryParts next = new MemoryParts();
    next.write(0, left.whole(), 0, left.whole().length);
    RecordingWriter keeper = new RecordingWriter(Samples.NAME, Samples.SIGNER, next, left);
    keeper.writeLast(
        Samples.buffer(
            keeper.nanos(),
            List.of(new Gap(0, "killed"), new End(Why.CUT, keeper.offset(), "killed"))));
    keeper.finish();
    List<byte[]> parts = List.of(next.part(0), next.part(1));
    assertThat(read(parts, new ArrayList<>()).state()).isEqualTo(State.CUT);
    assertThat(read(parts, new ArrayList<>()).findings())
        .containsExactly("it was cut off behind event 3: why is encrypted.");
    List<Event> events = new ArrayList<>();
    assertThat(read(parts, events, BOB).findings())
        .containsExactly("it was cut off behind event 3: killed.");
    assertThat(events).hasSize(5);
    assertThat(new String(next.part(1), StandardCharsets.ISO_8859_1)).doesNotContain("killed");
  }

  @Test
  void whoGoesOnWithTheNextPartEncryptsToTheSame() throws Exception {
    MemoryParts memory = new MemoryParts();
    Continuation[] next = new Continuation[1];
    RecordingWriter.Sink sink =
        new RecordingWriter.Sink() {
          @Override
          public void prepare(int index) {}

          @Override
          public void write(int index, byte[] bytes, int from, int to) {
            memory.write(index, bytes, from, to);
          }

          @Override
          public void finish(int index, Optional<Continuation> from) {
            from.ifPresent(it -> next[0] = it);
          }
        };
    RecordingWriter writer = new RecordingWriter(Samples.NAME, Samples.SIGNER, sink, BOTH);
    writer.write(Samples.buffer(Samples.contents().subList(0, 3)));
    writer.finish();
    Continuation kept = Continuation.of(next[0].encoded()).orElseThrow();
    assertThat(kept.recipients()).isEqualTo(BOTH);
    RecordingWriter keeper = new RecordingWriter(Samples.NAME, Samples.SIGNER, sink, kept);
    keeper.write(
        Samples.buffer(keeper.nanos(), List.of(new End(Why.CUT, keeper.offset(), "killed"))));
    keeper.finish();
    List<byte[]> parts = List.of(memory.part(0), memory.part(1));
    assertThat(read(parts, new ArrayList<>(), ADA).state()).isEqualTo(State.CUT);
    assertThat(PartReader.of(memory.part(1), 0).isHidden()).isTrue();
  }

  /** What could not be written may be on a disk all the same. */
  @Test
  void noTwoBlocksOfAPartAreEncryptedUnderOneNumber() throws Exception {
    boolean[] fails = {false};
    MemoryParts memory = new MemoryParts();
    RecordingWriter.Sink sink =
        new RecordingWriter.Sink() {
          @Override
          public void prepare(int index) {}

          @Override
          public void write(int index, byte[] bytes, int from, int to) throws IOException {
            if (fails[0]) {
              throw new IOException("full");
            }
            memory.write(index, bytes, from, to);
          }

          @Override
          public void finish(int index, Optional<Continuation> next) {}
        };
    RecordingWriter writer = new RecordingWriter(Samples.NAME, Samples.SIGNER, sink, BOTH);
    writer.write(Samples.buffer(Samples.contents().subList(0, 1)));
    fails[0] = true;
    assertThatThrownBy(() -> writer.write(Samples.buffer(Samples.contents().subList(1, 2))))
        .hasMessage("full");
    fails[0] = false;
    writer.write(Samples.buffer(Samples.contents().subList(2, 3)));
    writer.finish();
    List<Long> numbers = new ArrayList<>();
    PartReader.of(memory.part(0), 0).readAll(event -> {}, note -> numbers.add(note.sequence()));
    assertThat(numbers).containsExactly(0L, 2L);
    assertThat(read(List.of(memory.part(0)), new ArrayList<>(), ADA).events()).isEqualTo(2);
  }

  @Test
  void aListOfRecordingsLearnsFromTheLabelWhoseItIs() throws IOException {
    List<String> said = new ArrayList<>();
    PartStore list = new DirectoryPartsWithList(new DirectoryParts(directory.resolve("all")), said);
    ListedParts listed = new ListedParts(list);
    List<byte[]> parts = threeParts();
    for (int i = 0; i < parts.size(); i++) {
      listed.put(Samples.NAME, i, parts.get(i));
    }
    assertThat(said).containsExactly("begin alice 2026-01-02T03:04:05Z", "complete");
  }

  @Test
  void aKeyIsKeptForItsOwnerAlone() throws IOException {
    Path file = directory.resolve("key");
    ADA.save(file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(ReadingKey.load(file))
        .extracting(ReadingKey::recipient)
        .containsExactly(ADA.recipient());
    assertThatThrownBy(() -> BOB.save(file)).isInstanceOf(IOException.class);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> ReadingKey.load(file))
        .hasMessage("Others may read " + file + "; chmod 600 " + file);
  }

  @Test
  void whatIsNoKeyIsNotShown() throws IOException {
    Path file = directory.resolve("wrong");
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    for (String text : List.of("", "secret", "HFREC-SECRET-1-secret", "HFREC-SECRET-1-!!\n")) {
      Files.writeString(file, text);
      assertThatThrownBy(() -> ReadingKey.load(file))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(file.toString())
          .message()
          .doesNotContain("secret");
    }
    assertThat(ADA.toString()).doesNotContain("SECRET");
  }

  @Test
  void recipientsAreBounded() {
    List<Recipient> many =
        Stream.generate(ReadingKey::generate)
            .limit(Recipient.MOST + 1)
            .map(ReadingKey::recipient)
            .toList();
    assertThatThrownBy(
            () -> new RecordingWriter(Samples.NAME, Samples.SIGNER, new MemoryParts(), many))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** A store that says what it is told beside parts. */
  private record DirectoryPartsWithList(PartStore parts, List<String> said) implements PartStore {
    @Override
    public void begin(String recording, Subject subject) {
      said.add("begin " + subject.login() + " " + subject.started());
    }

    @Override
    public void complete(String recording) {
      said.add("complete");
    }

    @Override
    public void put(String recording, int index, byte[] part) throws IOException {
      parts.put(recording, index, part);
    }

    @Override
    public Optional<byte[]> get(String recording, int index) throws IOException {
      return parts.get(recording, index);
    }

    @Override
    public List<Integer> parts(String recording) throws IOException {
      return parts.parts(recording);
    }

    @Override
    public List<String> recordings() throws IOException {
      return parts.recordings();
    }

    @Override
    public void delete(String recording) throws IOException {
      parts.delete(recording);
    }
  }
}

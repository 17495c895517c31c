package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.Json;
import dev.holdfast.access.Recipient;
import dev.holdfast.link.WholeFile;
import dev.holdfast.recording.Continuation;
import dev.holdfast.recording.Event.End;
import dev.holdfast.recording.Event.Start;
import dev.holdfast.recording.Event.Way;
import dev.holdfast.recording.Event.Why;
import dev.holdfast.recording.EventBuffer;
import dev.holdfast.recording.ReadingKey;
import dev.holdfast.recording.RecordingWriter;
import dev.holdfast.recording.Signer;
import dev.holdfast.recording.Verification;
import dev.holdfast.recording.Verification.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that dies behind each step of making a recording, and the next one, which ends it. */
final class SpoolCrashTest {
  private static final String NAME = "0123456789abcdef0123456789abcdef";

  @TempDir private Path directory;
  private final Signer signer;

  SpoolCrashTest() throws Exception {
    signer = Signer.of(KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
  }

  /** What the process does until it dies. */
  private static final class Death extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** The parts of a process that dies behind so many steps. */
  private static final class Dying implements RecordingWriter.Sink {
    private final SpooledParts parts;
    private int steps;

    Dying(SpooledParts parts, int steps) {
      this.parts = parts;
      this.steps = steps;
    }

    private void step() {
      if (steps-- == 0) {
        throw new Death();
      }
    }

    @Override
    public void prepare(int index) throws IOException {
      step();
      parts.prepare(index);
    }

    @Override
    public void write(int index, byte[] bytes, int from, int to) throws IOException {
      step();
      parts.write(index, bytes, from, to);
    }

    @Override
    public void finish(int index, Optional<Continuation> next) throws IOException {
      step();
      parts.finish(index, next);
    }

    void end() throws IOException {
      step();
      parts.end();
    }
  }

  @Test
  void behindEachStepWhatIsThereIsInOrderAndHasOneEnd() throws Exception {
    survivesAll(List.of());
  }

  @Test
  void theSameOfWhatIsEncrypted() throws Exception {
    survivesAll(List.of(ReadingKey.generate().recipient()));
  }

  private void survivesAll(List<Recipient> recipients) throws Exception {
    int whole = 0;
    int steps = 0;
    for (; whole == 0; steps++) {
      Path state = directory.resolve("after-" + steps);
      boolean lives = record(state, steps, recipients);
      Optional<State> found = completed(state);
      assertThat(found).as("dead behind step %d", steps).isNotEqualTo(Optional.of(State.DAMAGED));
      if (steps > 2) {
        assertThat(found).as("dead behind step %d", steps).isPresent();
      }
      whole += lives ? 1 : 0;
    }
    // Two parts at least, each with a head, blocks, a seal and a name.
    assertThat(steps).isGreaterThan(12);
  }

  /** Makes a recording of several parts; returns whether the process lived to its end. */
  private boolean record(Path state, int steps, List<Recipient> recipients) throws IOException {
    Path process = state.resolve("recordings").resolve("process-" + UUID.randomUUID());
    Path own = Files.createDirectories(process.resolve(NAME));
    Dying sink = new Dying(new SpooledParts(own, new SpoolRoom(1L << 30), it -> {}), steps);
    RecordingWriter writer = new RecordingWriter(NAME, signer, sink, recipients);
    try {
      EventBuffer events = new EventBuffer();
      events.add(0, new Start(Json.members()));
      writer.write(events);
      byte[] noise = new byte[RecordingWriter.FULL_PART + 100_000];
      new SplittableRandom(1).nextBytes(noise);
      events.clear(0);
      events.output(1, Way.STDOUT, noise, 0, noise.length);
      writer.write(events);
      events.clear(0);
      events.add(2, new End(Why.WHOLE, writer.offset(), ""));
      writer.writeLast(events);
      writer.finish();
      sink.end();
      return true;
    } catch (Death e) {
      Files.createFile(own.resolve("continuation.0" + WholeFile.UNFINISHED));
      return false;
    }
  }

  /** What the next process makes of it; empty if there is nothing. */
  private Optional<State> completed(Path state) throws IOException {
    FakeParts destination = new FakeParts();
    try (Recorder next = Recorder.open(state, Recorder.USUAL_SPOOL, "ada", signer, destination)) {
      assertThat(next.living()).isZero();
      Awaitility.await("nothing left of it").until(() -> !isSpooled(state));
      if (destination.recordings().isEmpty()) {
        return Optional.empty();
      }
      Verification found = destination.read(event -> {});
      assertThat(found.state()).as("%s", found.findings()).isIn(State.WHOLE, State.CUT);
      return Optional.of(found.state());
    }
  }

  private static boolean isSpooled(Path state) throws IOException {
    try (var files = Files.walk(state.resolve("recordings"))) {
      return files.anyMatch(it -> it.endsWith(NAME));
    } catch (java.io.UncheckedIOException e) {
      return true;
    }
  }
}

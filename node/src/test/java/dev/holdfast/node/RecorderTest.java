package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.access.Json;
import dev.holdfast.access.RecordingMode;
import dev.holdfast.recording.Event;
import dev.holdfast.recording.Event.End;
import dev.holdfast.recording.Event.Exit;
import dev.holdfast.recording.Event.Gap;
import dev.holdfast.recording.Event.How;
import dev.holdfast.recording.Event.Input;
import dev.holdfast.recording.Event.Resize;
import dev.holdfast.recording.Event.Start;
import dev.holdfast.recording.Event.Why;
import dev.holdfast.recording.ReadingKey;
import dev.holdfast.recording.Signer;
import dev.holdfast.recording.Verification.State;
import dev.holdfast.ssh.ClientEnd;
import dev.holdfast.ssh.ClientEnd.Ending;
import dev.holdfast.ssh.Granted;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.Pty;
import dev.holdfast.ssh.ServedSession;
import dev.holdfast.ssh.SessionAnswer;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.ssh.SessionStart;
import dev.holdfast.ssh.Sessions;
import dev.holdfast.ssh.WindowSize;
import dev.holdfast.terminal.Size;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecorderTest {
  private static final InetSocketAddress HERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 22);
  private static final RecordingPolicy NODE = RecordingPolicy.of(RecordingMode.NODE);
  private static final RecordingPolicy SYNC =
      new RecordingPolicy(RecordingMode.NODE_SYNC, false, true, Duration.ofSeconds(1));

  @TempDir private Path state;

  private final Signer signer = signer();
  private final FakeParts destination = new FakeParts();
  private final FakeProgram program = new FakeProgram();
  private final FakeClient client = new FakeClient(new Size(80, 24));
  private @Nullable Recorder recorder;
  private @Nullable ClientEnd end;

  private static Signer signer() {
    try {
      return Signer.of(KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() {
    destination.works();
    if (recorder != null) {
      recorder.close();
    }
  }

  private ServedSession start(SessionRequest request, RecordingPolicy policy) throws IOException {
    if (recorder == null) {
      recorder = Recorder.open(state, Recorder.USUAL_SPOOL, "ada", signer, destination);
    }
    Sessions programs =
        (start, its) -> {
          end = its;
          return new SessionAnswer.Served(program);
        };
    Pty pty = new Pty("xterm", new WindowSize(80, 24, 0, 0), Map.of());
    SessionStart start =
        new SessionStart(
            new Login("alice", HERE), HERE, request, Map.of(), pty, false, null, Granted.NOTHING);
    SessionAnswer answer =
        new RecordedSessions(programs, recorder, _ -> policy).start(start, client);
    ServedSession served = ((SessionAnswer.Served) answer).session();
    served.begin();
    return served;
  }

  private ClientEnd end() {
    return java.util.Objects.requireNonNull(end);
  }

  private static void soon(Callable<Boolean> condition) {
    await().atMost(Duration.ofSeconds(60)).until(condition);
  }

  @Test
  void everyByteIsRecordedWithSizesAndTheStatus() throws IOException {
    ServedSession session = start(new SessionRequest.Shell(), NODE);
    String flood = "line\r\n".repeat(400_000);
    FakeProgram.write(end(), flood, 5000);
    session.resize(new WindowSize(100, 30, 0, 0));
    end().exit(new Ending.Status(3));
    session.closed();

    soon(() -> destination.state().equals(java.util.Optional.of(State.WHOLE)));
    assertThat(destination.output()).isEqualTo(flood).isEqualTo(client.text());
    assertThat(destination.events(Resize.class)).containsExactly(new Resize(100, 30));
    assertThat(destination.events(Exit.class)).containsExactly(new Exit(How.STATUS, 3, ""));
    assertThat(destination.events(End.class))
        .containsExactly(new End(Why.WHOLE, flood.length(), ""));
    Json.Members about = destination.events(Start.class).getFirst().about();
    assertThat(about.values())
        .containsEntry("login", Json.of("alice"))
        .containsEntry("node", Json.of("ada"))
        .containsEntry("request", Json.of("shell"))
        .containsEntry("content", Json.of("terminal"))
        .containsEntry("columns", Json.of(80));
    assertThat(client.ending()).isEqualTo(new Ending.Status(3));
    soon(() -> spooled().isEmpty());
  }

  @Test
  void aSessionThatItsClientLeavesHasAnEnd() throws IOException {
    ServedSession session = start(new SessionRequest.Shell(), NODE);
    FakeProgram.write(end(), "hello", 5000);
    session.closed();
    soon(() -> destination.state().equals(java.util.Optional.of(State.WHOLE)));
    assertThat(destination.events(End.class))
        .containsExactly(new End(Why.WHOLE, 5, "The client has gone."));
    assertThat(program.closed).isTrue();
  }

  @Test
  void ofASubsystemOnlyStartAndEndAreRecorded() throws IOException {
    start(new SessionRequest.Subsystem("sftp"), NODE);
    FakeProgram.write(end(), "a file", 5000);
    end().exit(new Ending.Status(0));
    soon(() -> destination.state().equals(java.util.Optional.of(State.WHOLE)));
    assertThat(destination.output()).isEmpty();
    assertThat(destination.events(Exit.class)).hasSize(1);
    assertThat(client.text()).isEqualTo("a file");
  }

  @Test
  void inputIsRecordedIfItIsWantedAndEchoed() throws IOException {
    RecordingPolicy typed =
        new RecordingPolicy(RecordingMode.NODE, true, true, RecordingPolicy.USUAL_STALL);
    ServedSession session = start(new SessionRequest.Shell(), typed);
    type(session, "ls\r");
    program.echo = false;
    type(session, "secret\r");
    program.echo = true;
    type(session, "id\r");
    end().exit(new Ending.Status(0));
    soon(() -> destination.state().equals(java.util.Optional.of(State.WHOLE)));
    assertThat(destination.events(Input.class))
        .extracting(it -> new String(it.bytes(), StandardCharsets.US_ASCII))
        .containsExactly("ls\r", "id\r");
    assertThat(program.typed()).isEqualTo("ls\rsecret\rid\r");
  }

  private static void type(ServedSession session, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    session.input(bytes, 0, bytes.length);
  }

  @Test
  void inputIsNotRecordedUnlessWanted() throws IOException {
    ServedSession session = start(new SessionRequest.Shell(), NODE);
    type(session, "ls\r");
    end().exit(new Ending.Status(0));
    soon(() -> destination.state().equals(java.util.Optional.of(State.WHOLE)));
    assertThat(destination.events(Input.class)).isEmpty();
  }

  @Test
  void offIsOff() throws IOException {
    start(new SessionRequest.Shell(), RecordingPolicy.OFF);
    assertThat(end()).isSameAs(client);
    assertThat(spooled()).isEmpty();
  }

  @Test
  void partsWaitOnDiskWhileTheDestinationIsAway() throws IOException {
    destination.fails();
    start(new SessionRequest.Shell(), NODE);
    FakeProgram.write(end(), "hello", 5000);
    end().exit(new Ending.Status(0));
    soon(() -> destination.puts > 0 && spooled().toString().contains("00000000.part"));
    assertThat(destination.recordings()).isEmpty();
    destination.works();
    soon(() -> destination.state().equals(java.util.Optional.of(State.WHOLE)));
    soon(() -> spooled().isEmpty());
  }

  private static byte[] noise(int bytes) {
    byte[] noise = new byte[bytes];
    new SplittableRandom(1).nextBytes(noise);
    return noise;
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** What waits is bounded, and the recording says how much is missing. */
  @Test
  void whatWaitsOnDiskIsBoundedAndComesWhenTheDestinationIsBack() throws IOException {
    destination.fails();
    recorder = Recorder.open(state, 3L << 20, "ada", signer, destination);
    RecordingPolicy goesOn =
        new RecordingPolicy(RecordingMode.NODE, false, false, RecordingPolicy.USUAL_STALL);
    start(new SessionRequest.Shell(), goesOn);
    byte[] flood = noise(8 << 20);
    FakeProgram.write(end(), flood, 50_000);
    end().exit(new Ending.Status(0));
    soon(() -> client.ending() != null);
    assertThat(spooledSize()).isBetween(1L << 20, 3L << 20);
    destination.works();
    soon(() -> destination.state().equals(java.util.Optional.of(State.WHOLE)));
    String recorded = destination.output();
    assertThat(recorded).startsWith(latin(flood).substring(0, 1 << 20));
    List<Gap> gaps = destination.events(Gap.class);
    assertThat(gaps.getFirst().reason())
        .contains("recordings that wait for their destination take 2 MiB of this machine's disk");
    assertThat(recorded.length() + gaps.stream().mapToLong(Gap::bytes).sum())
        .isEqualTo(flood.length);
    soon(() -> spooled().isEmpty());
  }

  @Test
  void aSessionThatHasNoRoomToWaitInEndsWithANotice() throws IOException {
    destination.fails();
    recorder = Recorder.open(state, 3L << 20, "ada", signer, destination);
    ServedSession session = start(new SessionRequest.Shell(), NODE);
    byte[] flood = noise(1 << 20);
    for (int i = 0; i < 50 && client.ending() == null; i++) {
      FakeProgram.write(end(), flood, 50_000);
    }
    soon(() -> client.ending() != null);
    assertThat(client.text())
        .contains("The session could not be recorded: recordings that wait for their destination");
    assertThat(client.ending()).isEqualTo(new Ending.Status(UnstartedSession.STATUS));
    soon(() -> program.closed);
    session.closed();
    destination.works();
    soon(() -> destination.state().equals(java.util.Optional.of(State.CUT)));
    assertThat(destination.output()).startsWith(latin(flood));
  }

  /** Nothing of what was shown is on the disk, neither while it waits nor where it goes. */
  @Test
  void whatIsEncryptedIsSoBeforeItIsOnADiskAndIsEndedWithoutTheKey() throws Exception {
    byte[] shown = noise(4000);
    String some = latin(shown).substring(1000, 1100);
    ServedSession plain = start(new SessionRequest.Shell(), NODE);
    FakeProgram.write(end(), shown, 5000);
    soon(() -> spooledText().contains(some));
    plain.closed();
    soon(() -> spooled().isEmpty());
    destination.delete(destination.recordings().getFirst());
    ReadingKey key = ReadingKey.generate();
    RecordingPolicy encrypted =
        new RecordingPolicy(
            RecordingMode.NODE, false, true, RecordingPolicy.USUAL_STALL, List.of(key.recipient()));
    ServedSession second = start(new SessionRequest.Shell(), encrypted);
    FakeProgram.write(end(), shown, 5000);
    soon(() -> spooledBytes() > 4000);
    assertThat(spooledText()).contains("HFREC").doesNotContain(some);
    Path dead = state.resolve("next").resolve("recordings").resolve("process-" + UUID.randomUUID());
    copyProcess(dead);
    FakeParts other = new FakeParts();
    Recorder next =
        Recorder.open(state.resolve("next"), Recorder.USUAL_SPOOL, "ada", signer, other);
    try {
      soon(() -> other.state().equals(java.util.Optional.of(State.CUT)));
      assertThat(other.output()).isEmpty();
      assertThat(other.read(List.of(key), event -> {}).bytes()).isEqualTo(4000);
    } finally {
      next.close();
      second.closed();
    }
  }

  private String spooledText() throws IOException {
    StringBuilder all = new StringBuilder();
    try (Stream<Path> files = Files.walk(state.resolve("recordings"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.append(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    } catch (java.io.UncheckedIOException | java.nio.file.NoSuchFileException e) {
      return "";
    }
    return all.toString();
  }

  private long spooledSize() throws IOException {
    try (Stream<Path> files = Files.walk(state.resolve("recordings"))) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  @Test
  void anotherProcessEndsWhatADeadOneLeft() throws IOException {
    ServedSession session = start(new SessionRequest.Shell(), NODE);
    FakeProgram.write(end(), "before the crash", 5000);
    soon(() -> spooledBytes() > 400);
    Path dead = state.resolve("next").resolve("recordings").resolve("process-" + UUID.randomUUID());
    copyProcess(dead);
    Path open;
    try (Stream<Path> files = Files.walk(dead)) {
      open = files.filter(file -> file.toString().endsWith(".open")).findFirst().orElseThrow();
    }
    Files.write(open, new byte[] {2, 0, 0}, java.nio.file.StandardOpenOption.APPEND);
    FakeParts other = new FakeParts();
    Recorder next =
        Recorder.open(state.resolve("next"), Recorder.USUAL_SPOOL, "ada", signer, other);
    try {
      soon(() -> other.state().equals(java.util.Optional.of(State.CUT)));
      assertThat(other.output()).isEqualTo("before the crash");
      assertThat(other.events(Gap.class)).hasSize(1);
      assertThat(dead).doesNotExist();
    } finally {
      next.close();
      session.closed();
    }
  }

  @Test
  void whatALivingProcessRecordsIsLeftAlone() throws IOException {
    ServedSession session = start(new SessionRequest.Shell(), NODE);
    FakeParts other = new FakeParts();
    Recorder next = Recorder.open(state, Recorder.USUAL_SPOOL, "ada", signer, other);
    FakeProgram.write(end(), "hello", 5000);
    end().exit(new Ending.Status(0));
    session.closed();
    soon(() -> destination.state().equals(java.util.Optional.of(State.WHOLE)));
    next.close();
    assertThat(other.recordings()).isEmpty();
  }

  @Test
  void inSyncNothingIsShownBeforeItIsDurable() throws IOException {
    ServedSession session = start(new SessionRequest.Shell(), SYNC);
    destination.hangs();
    FakeProgram.write(end(), "hello", 5000);
    soon(() -> destination.puts > 1);
    assertThat(client.text()).isEmpty();
    end().exit(new Ending.Status(4));
    assertThat(client.ending()).isNull();
    destination.works();
    soon(() -> client.ending() != null);
    assertThat(client.text()).isEqualTo("hello");
    assertThat(client.ending()).isEqualTo(new Ending.Status(4));
    session.closed();
    assertThat(destination.output()).isEqualTo("hello");
    assertThat(destination.state()).hasValue(State.WHOLE);
    assertThat(spooled()).isEmpty();
  }

  @Test
  void inSyncMemoryIsBoundedAndTheSessionIsToldWhenThereIsRoom() throws IOException {
    start(
        new SessionRequest.Shell(),
        new RecordingPolicy(RecordingMode.NODE_SYNC, false, true, Duration.ofSeconds(60)));
    destination.hangs();
    byte[] data = new byte[8000];
    int written = 0;
    int count = 0;
    while (count != ClientEnd.NO_ROOM) {
      count = end().write(ClientEnd.Output.STDOUT, (target, offset, length) -> data.length);
      written += Math.max(count, 0);
    }
    assertThat(written).isBetween(WithheldClient.MOST, WithheldClient.MOST + 64 * 1024);
    int before = program.writables.get();
    destination.works();
    int expected = written;
    soon(() -> client.text().length() == expected && program.writables.get() > before);
    end().exit(new Ending.Status(0));
    soon(() -> client.ending() != null);
  }

  @Test
  void inSyncAStallEndsTheSessionWithANotice() throws IOException {
    start(new SessionRequest.Shell(), SYNC);
    destination.hangs();
    FakeProgram.write(end(), "hello", 5000);
    soon(() -> client.ending() != null);
    assertThat(client.text())
        .isEqualTo(
            "\r\nThe session could not be recorded: the destination did not take it in 1 s\r\n");
    assertThat(client.ending()).isEqualTo(new Ending.Status(UnstartedSession.STATUS));
    soon(() -> program.closed);
  }

  @Test
  void inSyncNothingStartsThatCanNotBeRecorded() throws IOException {
    destination.fails();
    start(new SessionRequest.Shell(), SYNC);
    assertThat(end).isNull();
    assertThat(client.text()).contains("This server records sessions and can't do so now");
  }

  @Test
  void aFullTapeHoldsTheProgramBack() {
    int[] soon = {0};
    int[] now = {0};
    Tape tape = new Tape(() -> 0, () -> soon[0]++, () -> now[0]++);
    byte[] data = new byte[1000];
    int count = 0;
    while (tape.hasRoom()) {
      tape.output(Event.Way.STDOUT, data, 0, data.length);
      count++;
    }
    assertThat(count * 1000).isBetween(Tape.FULL - 20_000, Tape.FULL);
    assertThat(soon[0]).isEqualTo(1);
    assertThat(now[0]).isEqualTo(1);
    assertThat(tape.take().output()).isEqualTo(count * 1000L);
    assertThat(tape.give()).isTrue();
    assertThat(tape.give()).isFalse();
    assertThat(tape.hasRoom()).isTrue();
  }

  @Test
  void inputBeyondTheBoundIsDroppedAndSaidToBe() {
    Tape tape = new Tape(() -> 0, () -> {}, () -> {});
    byte[] data = new byte[64 * 1024];
    for (int i = 0; i < 100; i++) {
      tape.input(data, 0, data.length);
    }
    assertThat(tape.take().size()).isLessThan(Tape.MOST + 200);
  }

  private List<String> spooled() throws IOException {
    Path all = state.resolve("recordings");
    if (!Files.exists(all)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(all)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> !name.equals("lock"))
          .toList();
    } catch (java.io.UncheckedIOException e) {
      return List.of("changing");
    }
  }

  private long spooledBytes() throws IOException {
    try (Stream<Path> files = Files.walk(state.resolve("recordings"))) {
      return files
          .filter(file -> file.toString().endsWith(".open"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }

  private void copyProcess(Path to) throws IOException {
    Path from;
    try (Stream<Path> processes = Files.list(state.resolve("recordings"))) {
      from = processes.findFirst().orElseThrow();
    }
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else if (!file.endsWith("lock")) {
          Files.copy(file, copy);
        }
      }
    }
  }
}

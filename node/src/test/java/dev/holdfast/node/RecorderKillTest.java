package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.recording.DirectoryParts;
import dev.holdfast.recording.Event;
import dev.holdfast.recording.RecordingFormat;
import dev.holdfast.recording.Signer;
import dev.holdfast.recording.Verification;
import dev.holdfast.recording.Verification.State;
import dev.holdfast.recording.Verifier;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that records is killed with -9 at random instants, over and over, also while it ends
 * what the one before left. {@code -Dholdfast.long=true} does it a thousand times with 200 sessions
 * each, {@code -Dholdfast.kills} as often as it says.
 */
@Timeout(3600)
final class RecorderKillTest {
  private static final boolean LONG = Boolean.getBoolean("holdfast.long");
  private static final int KILLS = Integer.getInteger("holdfast.kills", LONG ? 1_000 : 5);
  private static final int SESSIONS = LONG ? 200 : 40;
  private static final int LONGEST_LIFE_MILLIS = 1_200;

  @TempDir private Path directory;
  private final KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
  private final Random random = new Random();

  /** Events that were on a disk when a process died, by recordings. */
  private final Map<String, Long> onDisk = new HashMap<>();

  private int whole;
  private int cut;
  private int unfinished;

  RecorderKillTest() throws Exception {}

  @Test
  void everyRecordingPlaysAndSaysWhereItWasCut() throws Exception {
    Files.createDirectory(notes());
    for (int i = 0; i < KILLS; i++) {
      kill();
      look();
    }
    try (Recorder last =
        Recorder.open(
            state(), Recorder.USUAL_SPOOL, "ada", Signer.of(keys), new DirectoryParts(stored()))) {
      assertThat(last.node()).isEqualTo("ada");
      Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> spooled().isEmpty());
    }
    look();
    assertThat(new DirectoryParts(stored()).recordings()).isEmpty();
    System.out.printf(
        "recordings after %d kills: %d whole, %d cut, %d in sync without an end%n",
        KILLS, whole, cut, unfinished);
    assertThat(cut).isPositive();
  }

  private Path state() {
    return directory.resolve("state");
  }

  private Path stored() {
    return directory.resolve("stored");
  }

  private Path notes() {
    return directory.resolve("notes");
  }

  /** Lets a process live for a while, from its first session on. */
  private void kill() throws Exception {
    Process victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                RecordingVictim.class.getName(),
                state().toString(),
                stored().toString(),
                notes().toString(),
                RecordingVictim.encoded(keys.getPublic().getEncoded()),
                RecordingVictim.encoded(keys.getPrivate().getEncoded()),
                "" + SESSIONS)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines = victim.inputReader()) {
      assertThat(lines.readLine()).isEqualTo("records");
      LockSupport.parkNanos(random.nextLong(LONGEST_LIFE_MILLIS * 1_000_000L));
      victim.toHandle().destroyForcibly();
      assertThat(lines.lines()).noneMatch(it -> it.startsWith("The session"));
    }
    victim.waitFor();
  }

  /** Looks at all that is there, and forgets what is over. */
  private void look() throws IOException {
    DirectoryParts parts = new DirectoryParts(stored());
    Map<String, Path> spooled = spooled();
    for (Map.Entry<String, Path> left : spooled.entrySet()) {
      long events = check(left.getKey(), all(parts, left.getKey(), left.getValue())).events();
      onDisk.merge(left.getKey(), events, Math::max);
    }
    for (String name : parts.recordings()) {
      if (!spooled.containsKey(name)) {
        Verification found = check(name, all(parts, name, stored().resolve("none")));
        assertThat(found.events()).isGreaterThanOrEqualTo(onDisk.getOrDefault(name, 1L));
        count(found);
        parts.delete(name);
        onDisk.remove(name);
      }
    }
  }

  private void count(Verification found) {
    switch (found.state()) {
      case WHOLE -> whole++;
      case CUT -> cut++;
      case UNFINISHED -> {
        // The auth service ends it, when its node has said nothing of it for some minutes.
        assertThat(found.about().text("mode")).isEqualTo("NODE_SYNC");
        unfinished++;
      }
      case DAMAGED -> throw new AssertionError(found.findings());
    }
  }

  /** What a recording has wherever it is, the parts in their order. */
  private static Map<Integer, byte[]> all(DirectoryParts parts, String name, Path spooled)
      throws IOException {
    Map<Integer, byte[]> all = new TreeMap<>();
    for (int index : parts.parts(name)) {
      all.put(index, parts.get(name, index).orElseThrow());
    }
    for (Path file : Spool.list(spooled)) {
      String fileName = String.valueOf(file.getFileName());
      if (fileName.matches("[0-9]{8}[.](part|open)") && Files.size(file) > 0) {
        all.putIfAbsent(Integer.parseInt(fileName.substring(0, 8)), Files.readAllBytes(file));
      }
    }
    return all;
  }

  /** Its lines are there once and in order, and it is as it was recorded as far as it goes. */
  private Verification check(String name, Map<Integer, byte[]> parts) throws IOException {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    List<Event> starts = new ArrayList<>();
    Verifier verifier =
        new Verifier(event -> {
          switch (event.content()) {
            case Event.Start _ -> starts.add(event);
            case Event.Output(_, byte[] bytes) -> output.writeBytes(bytes);
            default -> {}
          }
        });
    parts.forEach((index, bytes) -> verifier.add("part " + index, index, bytes));
    Verification found = verifier.finish();
    if (found.events() == 0) {
      // Its head was begun, and its session was not.
      return found;
    }
    assertThat(found.state()).as("%s: %s", name, found.findings()).isNotEqualTo(State.DAMAGED);
    assertThat(starts).hasSize(1);
    String text = output.toString(StandardCharsets.US_ASCII);
    assertThat(text.length() % RecordingVictim.LINE).isZero();
    for (int i = 0; i < text.length() / RecordingVictim.LINE; i++) {
      int from = i * RecordingVictim.LINE;
      assertThat(text.substring(from, from + RecordingVictim.LINE))
          .isEqualTo(RecordingVictim.line(i + 1));
    }
    assertThat((long) text.length()).isGreaterThanOrEqualTo(shown(found));
    return found;
  }

  /** Bytes of output that the session's terminal had shown, in sync. */
  private long shown(Verification found) throws IOException {
    Path noted = notes().resolve(found.about().text("session"));
    if (!Files.exists(noted)) {
      return 0;
    }
    List<String> lines = Files.readAllLines(noted);
    return lines.isEmpty() ? 0 : Long.parseLong(lines.getLast());
  }

  /** What waits on the disk, by the names of the recordings. */
  private Map<String, Path> spooled() throws IOException {
    Map<String, Path> found = new HashMap<>();
    for (Path process : Spool.list(state().resolve("recordings"))) {
      for (Path file : Spool.list(process)) {
        String name = String.valueOf(file.getFileName());
        if (RecordingFormat.isName(name)) {
          found.put(name, file);
        }
      }
    }
    return found;
  }
}

package dev.holdfast.node;

import dev.holdfast.access.Json;
import dev.holdfast.access.RecordingMode;
import dev.holdfast.recording.DirectoryParts;
import dev.holdfast.recording.Event.Exit;
import dev.holdfast.recording.Event.How;
import dev.holdfast.recording.Event.Start;
import dev.holdfast.recording.Event.Way;
import dev.holdfast.recording.Signer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A process that records many sessions at a time, one after the other, until it is killed: their
 * output is numbered lines, and what became durable of those in sync it notes in a file.
 */
public final class RecordingVictim {
  /** Bytes of a line of output. */
  static final int LINE = 64;

  private static final int MOST_LINES = 400;

  private final Recorder recorder;
  private final Path notes;

  private RecordingVictim(Recorder recorder, Path notes) {
    this.recorder = recorder;
    this.notes = notes;
  }

  /** State directory, destination, directory for notes, the key's halves, how many sessions. */
  public static void main(String[] args) throws Exception {
    Recorder recorder =
        Recorder.open(
            Path.of(args[0]),
            Recorder.USUAL_SPOOL,
            "ada",
            Signer.of(keys(args[3], args[4])),
            new DirectoryParts(Path.of(args[1])));
    RecordingVictim victim = new RecordingVictim(recorder, Path.of(args[2]));
    for (int i = 0; i < Integer.parseInt(args[5]); i++) {
      String slot = ProcessHandle.current().pid() + "-" + i;
      RecordingMode mode = i % 4 == 0 ? RecordingMode.NODE_SYNC : RecordingMode.NODE;
      Thread.ofVirtual().start(() -> victim.sessions(slot, mode));
    }
    System.out.println("records");
    // Until whoever started it is gone.
    System.in.transferTo(OutputStream.nullOutputStream());
    Runtime.getRuntime().halt(0);
  }

  static String encoded(byte[] key) {
    return Base64.getEncoder().encodeToString(key);
  }

  private static KeyPair keys(String shown, String secret) throws Exception {
    KeyFactory keys = KeyFactory.getInstance("Ed25519");
    return new KeyPair(
        keys.generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(shown))),
        keys.generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(secret))));
  }

  private void sessions(String slot, RecordingMode mode) {
    SplittableRandom random = new SplittableRandom();
    try {
      for (int i = 0; ; i++) {
        session(slot + "-" + i, mode, random);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void session(String name, RecordingMode mode, SplittableRandom random)
      throws IOException, InterruptedException {
    Start start = new Start(Json.members("session", Json.of(name), "mode", Json.of(mode.name())));
    Recording recording = recorder.record(start, RecordingPolicy.of(mode));
    Noting noting = new Noting(notes.resolve(name));
    recording.tell(mode == RecordingMode.NODE_SYNC ? noting : new Deaf());
    int lines = random.nextInt(MOST_LINES);
    for (int line = 1; line <= lines; line++) {
      while (!recording.tape().hasRoom()) {
        Thread.sleep(1);
      }
      byte[] bytes = line(line).getBytes(StandardCharsets.US_ASCII);
      recording.tape().output(Way.STDOUT, bytes, 0, bytes.length);
      if (random.nextInt(8) == 0) {
        Thread.sleep(random.nextInt(20));
      }
    }
    recording.end(new Exit(How.STATUS, 0, ""), "");
  }

  /** A line of its length. */
  static String line(int number) {
    return ("%-" + (LINE - 1) + "d\n").formatted(number);
  }

  /** Nobody who is told anything. */
  private static class Deaf implements Recording.Session {
    @Override
    public void room() {}

    @Override
    public void failed(String sentence) {
      System.out.println(sentence);
    }
  }

  /** Notes how many bytes its terminal would have shown. */
  private static final class Noting extends Deaf {
    private final Path file;
    private final AtomicLong shown = new AtomicLong();

    Noting(Path file) {
      this.file = file;
    }

    @Override
    public void durable(long bytes) {
      try {
        Files.writeString(
            file,
            shown.addAndGet(bytes) + "\n",
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

package dev.holdfast.node;

import dev.holdfast.recording.Event.End;
import dev.holdfast.recording.Event.Gap;
import dev.holdfast.recording.Event.Start;
import dev.holdfast.recording.Event.Why;
import dev.holdfast.recording.EventBuffer;
import dev.holdfast.recording.PartStore;
import dev.holdfast.recording.RecordingWriter;
import dev.holdfast.recording.Signer;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes recordings of a node's sessions and hands them to one destination; ends those that a
 * process of the node which died left behind. Thread-safe.
 */
public final class Recorder implements AutoCloseable {
  /** Bytes that wait on a node's disk where nobody said. */
  public static final long USUAL_SPOOL = 4L << 30;

  /** How often it looks for what other processes left. */
  private static final Duration LOOK = Duration.ofSeconds(60);

  /** Time at the end for handing over what waits. */
  private static final Duration LAST = Duration.ofSeconds(5);

  private static final String CUT =
      "The node was killed or lost power; what it had not written yet is missing.";

  private static final Logger log = LoggerFactory.getLogger(Recorder.class);

  private final String node;
  private final Signer signer;
  private final PartStore destination;
  private final Spool spool;
  private final SpoolRoom room;
  private final Uploader uploader;
  private final RecordingThreads threads = new RecordingThreads();
  private final SecureRandom random = new SecureRandom();
  private final AtomicInteger living = new AtomicInteger();
  private volatile boolean closed;

  private Recorder(String node, Signer signer, PartStore destination, Spool spool, SpoolRoom room) {
    this.node = node;
    this.signer = signer;
    this.destination = destination;
    this.spool = spool;
    this.room = room;
    uploader = new Uploader(destination, room);
  }

  /**
   * Begins, and sees to what is there.
   *
   * @param state the node's directory, in which parts wait for the destination
   * @param most bytes of what waits there
   * @param node its name, for those who look at recordings
   */
  public static Recorder open(
      Path state, long most, String node, Signer signer, PartStore destination) throws IOException {
    Recorder recorder =
        new Recorder(node, signer, destination, Spool.open(state), new SpoolRoom(most));
    recorder.adopt();
    return recorder;
  }

  /** The node's name. */
  String node() {
    return node;
  }

  /** Recordings that are being made. */
  public int living() {
    return living.get();
  }

  /** Begins a recording; if it can't be, by its policy, that fails with a sentence. */
  Recording record(Start start, RecordingPolicy policy) throws IOException {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    String name = HexFormat.of().formatHex(bytes);
    living.incrementAndGet();
    try {
      return policy.isSync() ? sync(name, start, policy) : spooled(name, start, policy);
    } catch (IOException | RuntimeException e) {
      living.decrementAndGet();
      throw e;
    }
  }

  private Recording sync(String name, Start start, RecordingPolicy policy) throws IOException {
    SyncRecording recording =
        new SyncRecording(
            name,
            start,
            new PatientStore(destination),
            sink -> new RecordingWriter(name, signer, sink, policy.recipients()),
            living::decrementAndGet);
    recording.begin(policy.stall());
    return recording;
  }

  private Recording spooled(String name, Start start, RecordingPolicy policy) throws IOException {
    SpooledParts parts = new SpooledParts(spool.make(name), room, uploader::add);
    SpooledRecording recording =
        new SpooledRecording(
            name,
            start,
            policy.failureEnds(),
            parts,
            new RecordingWriter(name, signer, parts, policy.recipients()),
            threads,
            living::decrementAndGet);
    try {
      recording.begin();
    } catch (IOException e) {
      parts.end();
      throw e;
    }
    return recording;
  }

  private void adopt() {
    if (closed) {
      return;
    }
    try {
      for (Path left : spool.adopt()) {
        new SpooledParts(left, room, uploader::add).count();
        threads.execute(() -> complete(left));
      }
    } catch (IOException e) {
      log.warn("What other processes recorded can't be looked at: {}", e.getMessage());
    }
    threads.later(LOOK, () -> threads.execute(this::adopt));
  }

  /** Ends a recording whose process died. */
  private void complete(Path left) {
    String name = String.valueOf(left.getFileName());
    SpooledParts parts = new SpooledParts(left, room, uploader::add);
    try {
      Optional<RecordingWriter> found = parts.goOn(name, signer);
      if (found.isPresent()) {
        RecordingWriter writer = found.get();
        if (!writer.isEnded()) {
          writeEnd(writer);
        }
        writer.finish();
        log.info("Recording {} of a process that died was ended.", name);
      }
      parts.end();
    } catch (IOException e) {
      log.warn("Recording {} of a process that died can't be ended yet: {}", name, e.getMessage());
      threads.later(LOOK, () -> threads.execute(() -> complete(left)));
    }
  }

  private static void writeEnd(RecordingWriter writer) throws IOException {
    EventBuffer events = new EventBuffer();
    events.add(writer.nanos(), new Gap(0, CUT));
    events.add(writer.nanos(), new End(Why.CUT, writer.offset(), CUT));
    if (writer.isOpen()) {
      writer.writeLast(events);
    } else {
      writer.write(events);
    }
  }

  /** Ends; what could not be handed over is for the next process of the node. */
  @Override
  public void close() {
    closed = true;
    threads.close();
    if (!uploader.awaitIdle(LAST)) {
      log.warn("Recordings wait in the node's state directory for its next process.");
    }
    uploader.close();
    try {
      spool.close();
    } catch (IOException e) {
      log.warn("The lock of the recordings was not given back: {}", e.getMessage());
    }
  }
}

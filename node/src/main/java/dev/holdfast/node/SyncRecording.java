package dev.holdfast.node;

import dev.holdfast.recording.Continuation;
import dev.holdfast.recording.Event.End;
import dev.holdfast.recording.Event.Exit;
import dev.holdfast.recording.Event.Start;
import dev.holdfast.recording.Event.Why;
import dev.holdfast.recording.EventBuffer;
import dev.holdfast.recording.RecordingWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A recording whose parts go straight to their destination: what has happened while one was on its
 * way is the next one. Nothing of it is ever on this machine's disk. Thread-safe; a thread of its
 * own writes and waits.
 */
final class SyncRecording implements Recording, RecordingWriter.Sink {
  /** How long the destination may take for the beginning; the client's connection waits for it. */
  static final Duration BEGIN = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(SyncRecording.class);

  private final String name;
  private final Start start;
  private final PatientStore destination;
  private final Runnable atEnd;
  private final RecordingWriter writer;
  private final Semaphore work = new Semaphore(0);
  private final Tape tape = new Tape(System::nanoTime, work::release, work::release);
  private final ByteArrayOutputStream part = new ByteArrayOutputStream();
  private Duration patience = BEGIN;
  private volatile @Nullable Session session;
  private volatile @Nullable Ending ending;

  private record Ending(@Nullable Exit exit, String reason) {}

  /**
   * One of which nothing is written yet.
   *
   * @param writers makes what writes it to a sink
   * @param atEnd called when its end is durable, or it has failed
   */
  SyncRecording(
      String name,
      Start start,
      PatientStore destination,
      Function<RecordingWriter.Sink, RecordingWriter> writers,
      Runnable atEnd) {
    this.name = name;
    this.start = start;
    this.destination = destination;
    this.atEnd = atEnd;
    writer = writers.apply(this);
  }

  /** Writes the beginning, and waits until it is durable. */
  void begin(Duration stall) throws IOException {
    EventBuffer events = new EventBuffer();
    events.add(0, start);
    patience = stall.compareTo(BEGIN) < 0 ? stall : BEGIN;
    writer.write(events);
    writer.finish();
    patience = stall;
    Thread.ofVirtual().name("node-recorder-sync").start(this::run);
  }

  @Override
  public Tape tape() {
    return tape;
  }

  @Override
  public void tell(Session told) {
    session = told;
  }

  @Override
  public void end(@Nullable Exit exit, String reason) {
    if (ending == null) {
      ending = new Ending(exit, reason);
      work.release();
    }
  }

  private void run() {
    try {
      boolean goesOn = true;
      while (goesOn) {
        work.acquire();
        work.drainPermits();
        goesOn = write();
      }
    } catch (IOException e) {
      log.warn("Recording {} failed, which ends its session: {}", name, e.getMessage());
      Session told = session;
      if (told != null) {
        told.failed("The session could not be recorded: " + e.getMessage());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      atEnd.run();
    }
  }

  /** Writes what there is; returns whether something may follow. */
  private boolean write() throws IOException {
    Ending last = ending;
    EventBuffer events = tape.take();
    long output = events.output();
    if (events.size() > 0) {
      writer.write(events);
    }
    if (last != null) {
      writeEnd(last);
    }
    writer.finish();
    boolean wanted = tape.give();
    Session told = session;
    if (told != null) {
      told.durable(output);
      if (last != null) {
        told.written();
      }
      if (wanted) {
        told.room();
      }
    }
    return last == null;
  }

  private void writeEnd(Ending last) throws IOException {
    EventBuffer events = new EventBuffer();
    long nanos = tape.nanos();
    if (last.exit != null) {
      events.add(nanos, last.exit);
    }
    events.add(nanos, new End(Why.WHOLE, writer.offset(), last.reason));
    writer.write(events);
  }

  @Override
  public void prepare(int index) {}

  @Override
  public void write(int index, byte[] bytes, int from, int to) {
    part.write(bytes, from, to - from);
  }

  @Override
  public void finish(int index, Optional<Continuation> next) throws IOException {
    byte[] whole = part.toByteArray();
    part.reset();
    destination.put(name, index, whole, patience);
  }
}

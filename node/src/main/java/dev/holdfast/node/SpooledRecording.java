package dev.holdfast.node;

import dev.holdfast.recording.Event.End;
import dev.holdfast.recording.Event.Exit;
import dev.holdfast.recording.Event.Gap;
import dev.holdfast.recording.Event.Start;
import dev.holdfast.recording.Event.Why;
import dev.holdfast.recording.EventBuffer;
import dev.holdfast.recording.RecordingWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A recording that is written to this machine's disk while its session goes on, and handed over
 * part by part. What can't be written ends the session, or leaves a gap, as its policy says.
 *
 * <p>Thread-safe; its lock guards the writer, and nobody who serves the session ever takes it.
 */
final class SpooledRecording implements Recording {
  /** How old what happened may be before it is written. */
  static final Duration OLD = Duration.ofMillis(500);

  /** How old a part may be before it is handed over. */
  static final Duration OLD_PART = Duration.ofSeconds(60);

  /** After which a failing disk is tried again. */
  static final Duration AGAIN = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(SpooledRecording.class);

  private final String name;
  private final Start start;
  private final boolean failureEnds;
  private final SpooledParts parts;
  private final RecordingWriter writer;
  private final RecordingThreads threads;
  private final Runnable atEnd;
  private final Tape tape;
  private final AtomicBoolean queued = new AtomicBoolean();
  private volatile @Nullable Session session;
  private volatile @Nullable Ending ending;

  /** Guarded by this. */
  private @Nullable String failure;

  private long lost;
  private long retryNanos;
  private int agedIndex = -1;
  private boolean over;

  private record Ending(@Nullable Exit exit, String reason) {}

  /**
   * One of which nothing is written yet.
   *
   * @param atEnd called when its end is written
   */
  SpooledRecording(
      String name,
      Start start,
      boolean failureEnds,
      SpooledParts parts,
      RecordingWriter writer,
      RecordingThreads threads,
      Runnable atEnd) {
    this.name = name;
    this.start = start;
    this.failureEnds = failureEnds;
    this.parts = parts;
    this.writer = writer;
    this.threads = threads;
    this.atEnd = atEnd;
    tape = new Tape(System::nanoTime, () -> threads.later(OLD, this::queue), this::queue);
  }

  /** Writes the beginning; if that fails it is begun later, unless failure ends the session. */
  synchronized void begin() throws IOException {
    EventBuffer events = new EventBuffer();
    events.add(0, start);
    try {
      writer.write(events);
      watchAge();
    } catch (IOException e) {
      if (failureEnds) {
        throw e;
      }
      failure = sentence(e);
      log.warn("Recording {} can't begin yet: {}", name, e.getMessage());
    }
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
      queue();
    }
  }

  private void queue() {
    if (queued.compareAndSet(false, true)) {
      threads.execute(this::run);
    }
  }

  private void run() {
    queued.set(false);
    boolean wanted;
    String failed;
    boolean ended;
    synchronized (this) {
      Ending last = ending;
      String before = failure;
      EventBuffer events = tape.take();
      write(events);
      wanted = tape.give();
      failed = before == null && failureEnds ? failure : null;
      ended = !over && (last != null || failed != null) && writeEnd(last);
      over |= ended;
    }
    Session told = session;
    if (told != null && wanted) {
      told.room();
    }
    if (told != null && failed != null) {
      told.failed(failed);
    }
    if (ended) {
      atEnd.run();
    }
  }

  private void write(EventBuffer events) {
    if (events.size() == 0) {
      return;
    }
    if (over || !works()) {
      lost += events.output();
      return;
    }
    long before = writer.offset();
    try {
      writer.write(events);
      watchAge();
    } catch (IOException e) {
      lost += events.output() - (writer.offset() - before);
      failure = sentence(e);
      retryNanos = System.nanoTime() + AGAIN.toNanos();
      log.warn("Recording {} has a gap: {}", name, e.getMessage());
    }
  }

  /** Whether it can be written to, perhaps again. */
  private boolean works() {
    String why = failure;
    if (why == null) {
      return true;
    }
    if (failureEnds || System.nanoTime() - retryNanos < 0) {
      return false;
    }
    try {
      EventBuffer events = new EventBuffer();
      if (writer.number() == 0) {
        events.add(0, start);
      }
      events.add(tape.nanos(), new Gap(lost, why));
      writer.write(events);
      failure = null;
      lost = 0;
      log.info("Recording {} goes on.", name);
      return true;
    } catch (IOException e) {
      retryNanos = System.nanoTime() + AGAIN.toNanos();
      return false;
    }
  }

  /** Writes the end; if that fails it is tried again. Returns whether it is there. */
  private boolean writeEnd(@Nullable Ending last) {
    String why = failure == null ? "" : failure;
    try {
      if (!writer.isEnded()) {
        writeLast(ofEnd(last, why));
      }
      writer.finish();
      parts.end();
      return true;
    } catch (IOException e) {
      log.warn("The end of recording {} can't be written yet: {}", name, e.getMessage());
      end(last == null ? null : last.exit, why);
      threads.later(AGAIN, this::queue);
      return false;
    }
  }

  private EventBuffer ofEnd(@Nullable Ending last, String why) {
    EventBuffer events = new EventBuffer();
    long nanos = tape.nanos();
    if (writer.number() == 0) {
      events.add(0, start);
    }
    if (lost > 0 && !why.isEmpty()) {
      events.add(nanos, new Gap(lost, why));
    }
    Exit exit = last == null ? null : last.exit;
    if (exit != null) {
      events.add(nanos, exit);
    }
    events.add(
        nanos,
        last == null
            ? new End(Why.CUT, writer.offset(), why)
            : new End(Why.WHOLE, writer.offset(), last.reason));
    return events;
  }

  private void writeLast(EventBuffer events) throws IOException {
    if (writer.isOpen() && events.size() <= RecordingWriter.MOST_LAST) {
      writer.writeLast(events);
    } else {
      writer.write(events);
    }
  }

  private void watchAge() {
    if (writer.isOpen() && agedIndex != writer.index()) {
      int index = writer.index();
      agedIndex = index;
      threads.later(OLD_PART, () -> threads.execute(() -> finishOld(index)));
    }
  }

  private synchronized void finishOld(int index) {
    if (!over && writer.isOpen() && writer.index() == index) {
      try {
        writer.finish();
      } catch (IOException e) {
        log.warn("A part of recording {} can't be finished yet: {}", name, e.getMessage());
      }
    }
  }

  private static String sentence(IOException why) {
    return "The session could not be recorded: " + why.getMessage();
  }
}

package dev.holdfast.node;

import dev.holdfast.access.AuditEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Audit events of what happened while nobody could be told: they wait until they are written, in
 * their order. Thread-safe.
 */
final class LateEvents implements AutoCloseable {
  /** Events that wait; of more, the log alone tells. */
  static final int MOST = 1_000;

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(LateEvents.class);

  private final Recorder recorder;
  private final LinkedBlockingQueue<AuditEvent> waiting = new LinkedBlockingQueue<>(MOST);
  private final Thread thread;

  /** Writes an event durably. */
  interface Recorder {
    void record(AuditEvent event) throws IOException;
  }

  private LateEvents(Recorder recorder) {
    this.recorder = recorder;
    thread = Thread.ofVirtual().name("holdfast-late-events").unstarted(this::run);
  }

  static LateEvents start(Recorder recorder) {
    LateEvents events = new LateEvents(recorder);
    events.thread.start();
    return events;
  }

  void add(AuditEvent event) {
    if (!waiting.offer(event)) {
      log.error("Too many audit events wait; this one is only here: {} {}", event.code(), event);
    }
  }

  private void run() {
    try {
      while (true) {
        AuditEvent event = waiting.take();
        while (!isWritten(event)) {
          Thread.sleep(PAUSE);
        }
      }
    } catch (InterruptedException e) {
      // The process ends.
    }
  }

  private boolean isWritten(AuditEvent event) throws InterruptedException {
    try {
      return Within.time(
          PATIENCE,
          () -> {
            recorder.record(event);
            return true;
          });
    } catch (IOException e) {
      log.debug("an audit event waits: {}", e.getMessage());
      return false;
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}

package dev.holdfast.auth;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.AuditSink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A machine's audit events on their way to the auth service. Those of what has happened already
 * wait in a file until the service has them, in order; what a process that died left there the next
 * one sends. An event has its {@code uid} from here, so that one that is sent twice is kept once,
 * and in {@code at} when it happened. If there is no room for more, the first event after that says
 * how many were lost. Thread-safe.
 */
public final class AuditQueue implements AuditSink, AutoCloseable {
  /** Bytes of events that wait. */
  static final long MOST_BYTES = 64L << 20;

  /** Longest time between two attempts. */
  static final Duration MOST_PAUSE = Duration.ofSeconds(10);

  /** How long the service may take for an event that somebody waits for. */
  static final Duration ATTEMPT = Duration.ofSeconds(3);

  /** Files of former processes that are sent at a start. */
  private static final int MOST_FILES = 1_000;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Logger log = LoggerFactory.getLogger(AuditQueue.class);

  private final Service service;
  private final Path directory;
  private final long most;
  private final AuditFile file;
  private final Semaphore added = new Semaphore(0);
  private final Thread sender;
  private volatile boolean closed;

  /** Guarded by this. */
  private long lost;

  private Instant lostFirst = Instant.EPOCH;

  private AuditQueue(Service service, Path directory, long most) throws IOException {
    this.service = service;
    this.directory = directory;
    this.most = most;
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    file = AuditFile.make(directory);
    sender = Thread.ofVirtual().name("holdfast-audit").unstarted(this::send);
  }

  /** Who keeps events for ever, such as {@code cluster::record}. */
  @FunctionalInterface
  public interface Service {
    /** Keeps one durably; of one that is there already, by its uid, nothing is changed. */
    void keep(AuditEvent event) throws IOException;
  }

  /**
   * A queue.
   *
   * @param directory of the machine's, of which each process uses a file
   */
  public static AuditQueue open(Service service, Path directory) throws IOException {
    return open(service, directory, MOST_BYTES);
  }

  static AuditQueue open(Service service, Path directory, long most) throws IOException {
    AuditQueue queue = new AuditQueue(service, directory, most);
    queue.sender.start();
    return queue;
  }

  /** In the service's database; if that is away, here on the disk, forced. */
  @Override
  public void before(AuditEvent event) throws IOException {
    AuditEvent named = with(event, "uid", UUID.randomUUID().toString());
    CompletableFuture<Boolean> kept = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("holdfast-audit-event")
        .start(() -> {
          try {
            service.keep(named);
            kept.complete(true);
          } catch (IOException | RuntimeException e) {
            kept.completeExceptionally(e);
          }
        });
    try {
      kept.get(ATTEMPT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ApiFailure failure && !isPassing(failure)) {
        throw failure;
      }
      keepHere(named);
    } catch (TimeoutException e) {
      // If it was kept all the same it is not kept twice.
      keepHere(named);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while an audit event was kept", e);
    }
  }

  /** Whether the service may take the same later. */
  private static boolean isPassing(ApiFailure failure) {
    return switch (failure.code()) {
      case UNAVAILABLE, INTERNAL -> true;
      case NOT_JSON, NO_REQUEST, NO_METHOD, WRONG_PARAMETERS, REFUSED, NOT_FOUND, CONFLICT -> false;
    };
  }

  private void keepHere(AuditEvent event) throws IOException {
    AuditEvent late = with(event, "at", Instant.now().toString());
    synchronized (this) {
      if (file.length() >= most) {
        throw new IOException("Too many audit events wait for the auth service.");
      }
      file.add(late);
    }
    file.force();
    added.release();
  }

  @Override
  public void after(AuditEvent event) {
    Instant now = Instant.now();
    AuditEvent named = with(event, "uid", UUID.randomUUID().toString(), "at", now.toString());
    synchronized (this) {
      if (lost > 0 && file.length() < most / 2) {
        tellLost(now);
      }
      add(named, now);
    }
    added.release();
  }

  /** Caller locks. */
  private void tellLost(Instant now) {
    AuditEvent gap =
        AuditEvent.of(
            AuditCode.EVENTS_LOST,
            "",
            "uid",
            UUID.randomUUID().toString(),
            "at",
            now.toString(),
            "count",
            lost,
            "first",
            lostFirst.toString());
    long before = lost;
    lost = 0;
    add(gap, now);
    if (lost > 0) {
      lost = before;
    }
  }

  /** Caller locks. */
  private void add(AuditEvent event, Instant now) {
    try {
      if (file.length() < most) {
        file.add(event);
        return;
      }
      if (lost == 0) {
        log.error("Audit events are lost: {} is full and nobody takes them.", directory);
      }
    } catch (IOException e) {
      log.error("An audit event is lost: {} can't be written, {}.", directory, e.getMessage());
    }
    if (lost == 0) {
      lostFirst = now;
    }
    lost++;
  }

  private static AuditEvent with(AuditEvent event, Object... more) {
    Map<String, Object> fields = new LinkedHashMap<>(event.fields());
    for (int i = 0; i + 1 < more.length; i += 2) {
      fields.put(more[i].toString(), more[i + 1]);
    }
    return new AuditEvent(event.code(), event.user(), fields);
  }

  /** Events that wait, of this process. */
  public long waiting() {
    return file.waiting();
  }

  // ---- sending ----

  private void send() {
    Duration pause = FIRST_PAUSE;
    boolean former = true;
    try {
      while (!closed) {
        try {
          if (former) {
            sendFormer();
            former = false;
          }
          file.send(service::keep);
          pause = FIRST_PAUSE;
          added.tryAcquire(MOST_PAUSE.toMillis(), TimeUnit.MILLISECONDS);
          added.drainPermits();
        } catch (IOException e) {
          log.debug("audit events wait: {}", e.getMessage());
          Thread.sleep(pause);
          pause =
              pause.multipliedBy(2).compareTo(MOST_PAUSE) < 0 ? pause.multipliedBy(2) : MOST_PAUSE;
        }
      }
    } catch (InterruptedException e) {
      // The process ends; the file stays for the next.
    }
  }

  private void sendFormer() throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.filter(AuditFile::isOne).limit(MOST_FILES).sorted().toList();
    }
    for (Path one : files) {
      AuditFile.sendFormer(one, service::keep);
    }
  }

  @Override
  public void close() {
    closed = true;
    sender.interrupt();
    try {
      sender.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    file.close();
  }
}

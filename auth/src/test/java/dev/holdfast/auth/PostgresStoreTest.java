package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.testkit.Postgres;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class PostgresStoreTest
    implements StoreConformance,
        AuditConformance,
        RecordingConformance,
        SessionConformance,
        LeaseConformance {
  private static @Nullable Postgres postgres;
  private static int schemas;

  private @Nullable Database database;
  private @Nullable Database other;
  private String schema = "";

  @BeforeAll
  static void start() throws Exception {
    postgres = Postgres.start();
  }

  @AfterAll
  static void end() throws Exception {
    if (postgres != null) {
      postgres.close();
    }
  }

  @AfterEach
  void close() {
    if (database != null) {
      database.close();
    }
    if (other != null) {
      other.close();
    }
  }

  @Override
  public Database database() throws Exception {
    schema = "test" + schemas++;
    try (Database main = Database.open(postgres().url() + "&currentSchema=public")) {
      main.transact(tx -> tx.update("create schema " + schema));
    }
    Database opened = again();
    database = opened;
    return opened;
  }

  @Override
  public List<Database> services() throws Exception {
    Database first = database();
    Database second = again();
    other = second;
    return List.of(first, second);
  }

  @Override
  public Database again() throws Exception {
    return Database.open(postgres().url() + "&currentSchema=" + schema);
  }

  private static Postgres postgres() {
    if (postgres == null) {
      throw new IllegalStateException("not started");
    }
    return postgres;
  }

  @Test
  void twoServicesMayMakeTheTablesAtTheSameTime() throws Exception {
    database().close();
    for (int i = 0; i < 5; i++) {
      schema = "together" + i;
      try (Database main = Database.open(postgres().url() + "&currentSchema=public")) {
        main.transact(tx -> tx.update("create schema " + schema));
      }
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        Future<Database> one = threads.submit(this::again);
        Future<Database> other = threads.submit(this::again);
        one.get().close();
        other.get().close();
      }
    }
  }

  /**
   * The database is killed with -9 and comes back: what was committed is there, and work goes on.
   */
  @Test
  void whatWasCommittedOutlivesALossOfTheDatabase() throws Exception {
    Database used = database();
    AuditTrail trail = new AuditTrail(used);
    AtomicInteger committed = new AtomicInteger();
    AtomicInteger failed = new AtomicInteger();
    Thread writer =
        Thread.ofVirtual()
            .start(() -> {
              while (!Thread.currentThread().isInterrupted()) {
                try {
                  trail.record(AuditEvent.of(AuditCode.LOGIN, "w", "a", committed.get()));
                  committed.incrementAndGet();
                } catch (IOException e) {
                  failed.incrementAndGet();
                }
              }
            });
    await(() -> committed.get() > 20);
    postgres().kill();
    await(() -> failed.get() > 0);
    int before = committed.get();
    postgres().begin();
    await(() -> committed.get() > before + 20);
    writer.interrupt();
    writer.join(Duration.ofSeconds(30));
    int stored = used.transact(tx -> AuditTable.last(tx)).intValue();
    // One whose commit was cut off may be there although it failed.
    assertThat(stored).isBetween(committed.get(), committed.get() + 2);
  }

  private static void await(java.util.concurrent.Callable<Boolean> condition) {
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(condition);
  }
}

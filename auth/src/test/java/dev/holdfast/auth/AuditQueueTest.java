package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class AuditQueueTest {
  @TempDir Path directory;
  private final KeptEvents service = new KeptEvents();

  @Test
  void whatHappenedWhileTheServiceWasAwayComesInOrderOnceItIsBack() throws Exception {
    service.away = true;
    try (AuditQueue queue = AuditQueue.open(service, directory)) {
      for (int i = 0; i < 500; i++) {
        queue.after(event(i));
      }
      assertThat(queue.waiting()).isEqualTo(500);
      service.away = false;
      await(() -> queue.waiting() == 0);
      check(500);
      queue.after(event(500));
      await(() -> service.events.size() == 501);
    }
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void whatAProcessLeftTheNextOneSendsAndATornLineIsNoEvent() throws Exception {
    service.away = true;
    try (AuditQueue queue = AuditQueue.open(service, directory)) {
      for (int i = 0; i < 20; i++) {
        queue.after(event(i));
      }
    }
    Path file;
    try (Stream<Path> left = Files.list(directory)) {
      file = left.findFirst().orElseThrow();
    }
    Files.writeString(file, "{\"code\":\"login\"", StandardOpenOption.APPEND);
    service.away = false;
    try (AuditQueue next = AuditQueue.open(service, directory)) {
      await(() -> service.events.size() == 20 && Files.notExists(file));
      check(20);
      next.after(event(20));
      await(() -> service.events.size() == 21);
    }
  }

  @Test
  void anotherLivingProcessKeepsItsOwn() throws Exception {
    service.away = true;
    try (AuditQueue living = AuditQueue.open(service, directory)) {
      living.after(event(0));
      KeptEvents second = new KeptEvents();
      try (AuditQueue other = AuditQueue.open(second, directory)) {
        other.after(event(7));
        await(() -> second.events.size() == 1);
        assertThat(second.events.getFirst().fields()).containsEntry("n", 7L);
      }
      assertThat(living.waiting()).isEqualTo(1);
    }
  }

  @Test
  void whatIsAboutToHappenIsOnTheDiskWhileTheServiceIsAwayAndElseDoesNot() throws Exception {
    try (AuditQueue queue = AuditQueue.open(service, directory, 2_000)) {
      queue.before(event(0));
      assertThat(service.events).hasSize(1);
      service.away = true;
      queue.before(event(1));
      assertThat(queue.waiting()).isEqualTo(1);
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 100; i++) {
                  queue.before(event(2));
                }
              })
          .isInstanceOf(IOException.class)
          .hasMessage("Too many audit events wait for the auth service.");
      service.away = false;
      await(() -> queue.waiting() == 0);
      service.refuses = true;
      assertThatThrownBy(() -> queue.before(event(3))).hasMessage("You may not.");
      assertThat(queue.waiting()).isZero();
    }
  }

  @Test
  void whatDoesNotFitIsCountedInTheFirstEventAfterIt() throws Exception {
    service.away = true;
    try (AuditQueue queue = AuditQueue.open(service, directory, 10_000)) {
      for (int i = 0; i < 1_000; i++) {
        queue.after(event(i));
      }
      long kept = queue.waiting();
      assertThat(kept).isBetween(20L, 200L);
      service.away = false;
      await(() -> queue.waiting() == 0);
      queue.after(event(1_000));
      await(() -> service.events.size() == kept + 2);
      AuditEvent gap = service.events.get((int) kept);
      assertThat(gap.code()).isEqualTo(AuditCode.EVENTS_LOST);
      assertThat(gap.fields()).containsEntry("count", 1_000 - kept);
    }
  }

  /** A service that keeps events, unless it is away. */
  private static final class KeptEvents implements AuditQueue.Service {
    final List<AuditEvent> events = new CopyOnWriteArrayList<>();
    volatile boolean away;
    volatile boolean refuses;

    @Override
    public void keep(AuditEvent event) throws IOException {
      if (away) {
        throw new IOException("away");
      }
      if (refuses) {
        throw new ApiFailure(ApiFailure.Code.REFUSED, "You may not.");
      }
      events.add(event);
    }
  }

  private static AuditEvent event(int number) {
    return AuditEvent.of(AuditCode.SESSION_ENDED, "alice", "n", number);
  }

  private void check(int count) {
    List<AuditEvent> events = service.events;
    assertThat(events).hasSize(count);
    for (int i = 0; i < count; i++) {
      assertThat(((Number) events.get(i).fields().getOrDefault("n", -1)).intValue()).isEqualTo(i);
      assertThat(events.get(i).fields()).containsKeys("uid", "at");
    }
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(java.time.Duration.ofSeconds(60)).until(condition);
  }
}

package dev.holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class AttemptsTest {
  private final List<CountDownLatch> begun = new CopyOnWriteArrayList<>();
  private final Attempts attempts =
      new Attempts(
          this::session, ForwardSettings.usual(), _ -> {}, (session, _) -> Optional.of(session));

  /** Each attempt takes until it is let go. */
  private Session session() {
    CountDownLatch hangs = new CountDownLatch(1);
    begun.add(hangs);
    try {
      hangs.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new FakeSession();
  }

  private void awaitBegun(int count) {
    Awaitility.await().until(() -> begun.size() == count);
  }

  @Test
  void anotherAttemptIsMadeBesideOneThatHangsAndWhoeverWaitsGetsWhatComesFirst() throws Exception {
    long now = System.nanoTime();
    CompletableFuture<LiveSession> first = attempts.latest(now);
    awaitBegun(1);
    assertThat(attempts.latest(now + Attempts.STALE.toNanos())).isSameAs(first);

    CompletableFuture<LiveSession> second = attempts.latest(now + Attempts.STALE.toNanos() + 1);
    assertThat(second).isNotSameAs(first);
    awaitBegun(2);
    begun.get(1).countDown();
    assertThat(first.get()).isSameAs(second.get());
    begun.get(0).countDown();
  }

  @Test
  void thereAreNoMoreThanSoManyAtATime() {
    long now = System.nanoTime();
    for (int i = 0; i < 2 * Attempts.MOST; i++) {
      var _ = attempts.latest(now + i * 2L * Attempts.STALE.toNanos());
    }
    awaitBegun(Attempts.MOST);
    begun.forEach(CountDownLatch::countDown);
  }

  @Test
  void whenTheNetworkChangesWhatHangsIsTriedAgainAtOnceAndWhatNobodyWantsIsNot() throws Exception {
    attempts.networkChanged(System.nanoTime());
    assertThat(attempts.areUnderWay()).isFalse();

    CompletableFuture<LiveSession> waiting = attempts.latest(System.nanoTime());
    awaitBegun(1);
    attempts.networkChanged(System.nanoTime());
    awaitBegun(2);
    begun.get(1).countDown();
    assertThat(waiting.get()).isNotNull();
    begun.get(0).countDown();
  }

  @Test
  void afterAQuickAttemptTheNextOneHangsSooner() {
    assertThat(Attempts.staleAfter(Duration.ofMillis(400))).isEqualTo(Duration.ofMillis(800));
    assertThat(Attempts.staleAfter(Duration.ofMillis(1))).isEqualTo(Attempts.LEAST_STALE);
    assertThat(Attempts.staleAfter(Duration.ofSeconds(9))).isEqualTo(Attempts.STALE);
  }
}

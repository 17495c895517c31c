package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is to happen soon is waited for; what is not to happen would have an hour. */
@Timeout(60)
class LinkGuardTest {
  private static final Duration SOON = Duration.ofMillis(20);
  private static final Duration NEVER = Duration.ofHours(1);
  private static final int DEADLINE_SECONDS = 30;

  private final Line line = new Line();
  private final LinkedBlockingQueue<Duration> tries = new LinkedBlockingQueue<>();
  private final AtomicBoolean isOtherWay = new AtomicBoolean();
  private final Keyboard keyboard =
      new Keyboard(InputStream.nullInputStream(), -1, _ -> {}, true, () -> {});
  private LinkGuard guard = guard(new LinkGuard.Pace(NEVER, NEVER, NEVER, true));

  /** A connection on which nothing happens by itself. */
  private static final class Line implements GuardedLine {
    final LinkedBlockingQueue<CompletableFuture<Void>> pings = new LinkedBlockingQueue<>();
    final CountDownLatch severed = new CountDownLatch(1);
    final AtomicInteger looks = new AtomicInteger();
    volatile boolean isTalkative;

    @Override
    public CompletableFuture<Void> ping() {
      CompletableFuture<Void> answer = new CompletableFuture<>();
      pings.add(answer);
      return answer;
    }

    @Override
    public long heardNanos() {
      int look = looks.incrementAndGet();
      return isTalkative ? look : 0;
    }

    @Override
    public boolean isOver() {
      return severed.getCount() == 0;
    }

    @Override
    public void sever() {
      severed.countDown();
    }

    CompletableFuture<Void> asked() throws InterruptedException {
      CompletableFuture<Void> ping = pings.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
      assertThat(ping).as("a question").isNotNull();
      return ping;
    }

    void awaitSevered() throws InterruptedException {
      assertThat(severed.await(DEADLINE_SECONDS, TimeUnit.SECONDS)).as("severed").isTrue();
    }
  }

  private LinkGuard guard(LinkGuard.Pace pace) {
    return new LinkGuard(line, pace, Optional.of(this::tried), keyboard);
  }

  private boolean tried(Duration most) {
    tries.add(most);
    return isOtherWay.get();
  }

  private void start(LinkGuard.Pace pace) {
    guard = guard(pace).start();
  }

  private Duration awaitTry() throws InterruptedException {
    Duration most = tries.poll(DEADLINE_SECONDS, TimeUnit.SECONDS);
    assertThat(most).as("a try of another way").isNotNull();
    return most;
  }

  @AfterEach
  void close() {
    guard.close();
  }

  @Test
  void asksAgainAndAgainWhenNothingComesAndKeepsWhatAnswers() throws Exception {
    start(new LinkGuard.Pace(SOON, SOON, NEVER, true));
    for (int i = 0; i < 5; i++) {
      line.asked().complete(null);
    }
    var _ = line.asked();
    assertThat(line.isOver()).isFalse();
    assertThat(guard.lost()).isNull();
  }

  @Test
  void leavesALinkThatIsSilentForLongerThanItsPatience() throws Exception {
    start(new LinkGuard.Pace(SOON, NEVER, SOON, true));
    line.awaitSevered();
    assertThat(guard.lost()).startsWith(LinkGuard.SILENT);
  }

  @Test
  void keepsALinkThatSpeaksThoughItDoesNotAnswer() throws Exception {
    line.isTalkative = true;
    start(new LinkGuard.Pace(NEVER, NEVER, Duration.ofMillis(1), true));
    guard.doubt();
    CompletableFuture<Void> question = line.asked();
    int seen = line.looks.get();
    while (line.looks.get() < seen + 20) {
      Thread.onSpinWait();
    }
    assertThat(line.isOver()).isFalse();
    question.complete(null);
  }

  @Test
  void asksSoonAfterAKey() throws Exception {
    start(new LinkGuard.Pace(NEVER, NEVER, NEVER, true));
    guard.typed();
    var _ = line.asked();
  }

  @Test
  void leavesADoubtedLinkSoonIfAnotherWayIsThere() throws Exception {
    isOtherWay.set(true);
    start(new LinkGuard.Pace(SOON, SOON, NEVER, true));
    line.asked().complete(null);
    line.awaitSevered();
    assertThat(awaitTry()).isLessThanOrEqualTo(NEVER.plusMinutes(1));
  }

  @Test
  void waitsForADoubtedLinkIfNoOtherWayIsThere() throws Exception {
    start(new LinkGuard.Pace(SOON, SOON, NEVER, true));
    line.asked().complete(null);
    CompletableFuture<Void> slow = line.asked();
    awaitTry();
    slow.complete(null);
    var _ = line.asked();
    assertThat(line.isOver()).isFalse();
  }

  @Test
  void triesNoOtherWayBeforeItKnowsTheRoundTrip() throws Exception {
    isOtherWay.set(true);
    start(new LinkGuard.Pace(SOON, NEVER, SOON, true));
    line.awaitSevered();
    assertThat(tries).isEmpty();
  }

  @Test
  void leavesWhatNothingKeepsOnlyForAnotherWay() throws Exception {
    start(new LinkGuard.Pace(SOON, NEVER, SOON, false));
    var _ = line.asked();
    awaitTry();
    assertThat(line.isOver()).isFalse();
    isOtherWay.set(true);
    line.awaitSevered();
  }
}

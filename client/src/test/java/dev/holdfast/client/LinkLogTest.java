package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.link.ClientEvent;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LinkLogTest {
  private final AtomicLong now = new AtomicLong(1);
  private final LinkLog log = new LinkLog(now::get);

  private void passed(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void tellsOfAPlainConnection() {
    log.accept(new ClientEvent.Connected(0));
    passed(Duration.ofMinutes(5));
    assertThat(log.text()).isEqualTo("The link is up. Connected for 5 min, without resumption.");
  }

  @Test
  void countsResumptions() {
    log.accept(new ClientEvent.Connected(2));
    assertThat(log.text())
        .isEqualTo("The link is up. Connected for 0 ms, with resume v2, never interrupted.");
    passed(Duration.ofSeconds(60));
    log.accept(new ClientEvent.Lost("reset"));
    passed(Duration.ofSeconds(3));
    assertThat(log.awayNanos()).isEqualTo(Duration.ofSeconds(3).toNanos());
    assertThat(log.text())
        .isEqualTo(
            "The link has been away for 3 s; it comes back by itself. Connected for 63 s, with"
                + " resume v2, never interrupted.");
    log.accept(new ClientEvent.Resumed(Duration.ofMillis(3100), 2));
    passed(Duration.ofHours(3));
    assertThat(log.awayNanos()).isNegative();
    assertThat(log.text())
        .isEqualTo(
            "The link is up. Connected for 3 h, with resume v2, resumed once, last 3 h ago; the"
                + " longest took 3 s.");
  }

  @Test
  void aLinkThatIsSuspectAndThenLostIsAwayFromTheFirstOn() {
    log.accept(new ClientEvent.Suspected());
    passed(Duration.ofSeconds(1));
    log.accept(new ClientEvent.Lost("silence"));
    passed(Duration.ofSeconds(1));
    assertThat(log.awayNanos()).isEqualTo(Duration.ofSeconds(2).toNanos());
    log.accept(new ClientEvent.Recovered());
    assertThat(log.awayNanos()).isNegative();
  }

  @Test
  void tellsOfTheRoundTripOnceItIsKnown() {
    log.accept(new ClientEvent.Connected(0));
    log.roundTrip(Duration.ofMillis(42).toNanos());
    assertThat(log.text()).endsWith("without resumption. Round trip 42 ms.");
  }

  @Test
  void wakesWhoWaits() {
    AtomicInteger woken = new AtomicInteger();
    log.wake(woken::incrementAndGet);
    log.accept(new ClientEvent.Lost("reset"));
    assertThat(woken).hasValue(1);
  }
}

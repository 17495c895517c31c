package dev.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class HeldLeasesTest {
  private static final LeaseTime TIME = new LeaseTime(Duration.ofSeconds(16));
  private static final String ONE = "0000000000000001";
  private static final String TWO = "0000000000000002";
  private final HeldLeases held = new HeldLeases();

  @Test
  void whenOneIsDueAllAreRenewedTogether() {
    held.add(new HeldLease(ONE, TIME, false, 0));
    held.add(new HeldLease(TWO, TIME, false, 100));
    assertThat(held.due(TIME.renewNanos() - 1)).isEmpty();
    assertThat(held.untilDueNanos(0, Long.MAX_VALUE)).isEqualTo(TIME.renewNanos());
    assertThat(held.due(TIME.renewNanos()))
        .extracting(LeaseRenewal::id)
        .containsExactlyInAnyOrder(ONE, TWO);
  }

  @Test
  void aLeaseCountsFromBeforeTheQuestionThatWasAnsweredLast() {
    HeldLease lease = new HeldLease(ONE, TIME, false, 0);
    lease.renewed(50);
    lease.renewed(20);
    assertThat(lease.isValid(49 + TIME.endNanos())).isTrue();
    assertThat(lease.isValid(50 + TIME.endNanos())).isFalse();
  }

  @Test
  void whatIsOverStaysOverHoweverLateTheAnswerComes() {
    HeldLease lease = new HeldLease(ONE, TIME, false, 0);
    assertThat(lease.isValid(TIME.endNanos())).isFalse();
    lease.renewed(TIME.endNanos());
    assertThat(lease.isValid(TIME.endNanos() + 1)).isFalse();
    held.add(lease);
    assertThat(held.due(TIME.endNanos())).isEmpty();
    assertThat(held.over(TIME.endNanos())).isEqualTo(List.of(lease));
    assertThat(held.size()).isZero();
  }

  @Test
  void aLenientOneGoesOnUntilItIsEnded() {
    HeldLease lease = new HeldLease(ONE, TIME, true, 0);
    held.add(lease);
    assertThat(lease.isValid(10 * TIME.endNanos())).isTrue();
    assertThat(held.over(10 * TIME.endNanos())).isEmpty();
    assertThat(held.untilOverNanos(0, 7)).isEqualTo(7);
    lease.end();
    assertThat(lease.isValid(10 * TIME.endNanos())).isFalse();
  }

  @Test
  void noMoreAreHeldThanThereIsRoomFor() {
    for (int i = 0; i < HeldLeases.MOST; i++) {
      assertThat(held.add(new HeldLease("%016d".formatted(i), TIME, false, 0))).isTrue();
    }
    assertThat(held.add(new HeldLease("one-too-many-00000", TIME, false, 0))).isFalse();
  }

  @Test
  void theDetachedOneIsMarked() {
    HeldLease lease = new HeldLease(ONE, TIME, false, 0);
    lease.detached(true);
    assertThat(lease.renewal()).isEqualTo(new LeaseRenewal(ONE, true));
  }
}

package dev.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class LastDecisionsTest {
  @Test
  void aDecisionIsRememberedForAShortTimeAndSoManyOfThem() {
    AtomicLong now = new AtomicLong();
    LastDecisions last = new LastDecisions(now::get);
    LastDecisions.Question first = new LastDecisions.Question("alice", "deploy", "0");
    last.keep(first, RoleOptions.NONE);
    now.set(LastDecisions.COUNTS.toNanos());
    assertThat(last.find(first)).isPresent();
    now.incrementAndGet();
    assertThat(last.find(first)).isEmpty();
    last.keep(first, RoleOptions.NONE);
    for (int i = 1; i <= LastDecisions.MOST; i++) {
      last.keep(new LastDecisions.Question("alice", "deploy", "" + i), RoleOptions.NONE);
    }
    assertThat(last.find(first)).isEmpty();
    assertThat(last.find(new LastDecisions.Question("alice", "deploy", "1"))).isPresent();
  }
}

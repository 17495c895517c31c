package dev.holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class DemandTest {
  private final Demand demand = new Demand();
  private long now;

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private void page(int connections) {
    for (int i = 0; i < connections; i++) {
      demand.began(now);
    }
  }

  @Test
  void nothingIsWantedBeforeTheFirstConnectionNorAfterARest() {
    assertThat(demand.connections(now)).isZero();
    demand.began(now);
    pass(Pool.REST);
    assertThat(demand.connections(now)).isEqualTo(1);
    pass(Duration.ofNanos(1));
    assertThat(demand.connections(now)).isZero();
  }

  @Test
  void afterAPageAsManyAreWantedAsItTookEvenIfSomethingSmallCameBetween() {
    page(4);
    pass(Demand.PAGE);
    assertThat(demand.connections(now)).isEqualTo(4);
    page(1);
    pass(Demand.PAGE);
    assertThat(demand.connections(now)).isEqualTo(4);
    page(1);
    pass(Demand.PAGE);
    assertThat(demand.connections(now)).isEqualTo(1);
  }

  @Test
  void aLargePageIsWorthABurstAndNoMoreOnceItHasLoaded() {
    page(20);
    assertThat(demand.connections(now)).isEqualTo(Pool.MANY);
    pass(Demand.PAGE);
    assertThat(demand.connections(now)).isEqualTo(Pool.BURST);
  }

  @Test
  void whileItRestsNothingIsWanted() {
    page(4);
    demand.rest(now);
    assertThat(demand.connections(now)).isZero();
    pass(Pool.REST);
    assertThat(demand.connections(now)).isPositive();
  }
}

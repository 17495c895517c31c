package dev.holdfast.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

class SourceLimitTest {
  private static final InetAddress ONE = InetAddress.ofLiteral("2001:db8::1");
  private static final InetAddress NEIGHBOUR = InetAddress.ofLiteral("2001:db8::2");
  private static final InetAddress OTHER = InetAddress.ofLiteral("2001:db8:0:1::1");

  @Test
  void oneNetworkTakesNoMoreThanItsPlacesAndLeavesOthersTheirs() {
    SourceLimit limit = new SourceLimit();
    for (int i = 0; i < SourceLimit.MOST_OF_A_SOURCE; i++) {
      assertThat(limit.enter(ONE)).isTrue();
    }
    assertThat(limit.enter(NEIGHBOUR)).isFalse();
    assertThat(limit.enter(OTHER)).isTrue();
    limit.leave(ONE);
    assertThat(limit.enter(NEIGHBOUR)).isTrue();
  }

  @Test
  void allTogetherTakeNoMoreThanThereAre() {
    SourceLimit limit = new SourceLimit();
    for (int i = 0; i < SourceLimit.MOST; i++) {
      assertThat(limit.enter(address(i))).isTrue();
    }
    assertThat(limit.enter(address(SourceLimit.MOST))).isFalse();
    limit.leave(address(0));
    assertThat(limit.enter(address(SourceLimit.MOST))).isTrue();
  }

  private static InetAddress address(int number) {
    return InetAddress.ofLiteral("10.0." + number / 200 + "." + number % 200);
  }
}

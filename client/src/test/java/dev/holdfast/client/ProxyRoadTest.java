package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.link.Destination;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ProxyRoadTest {
  private static final int RUNS = 4_000;

  private static final List<Destination> PROXIES =
      Stream.of("a", "b", "c", "d", "e").map(host -> new Destination(host, 3022)).toList();

  private final SplittableRandom random = new SplittableRandom(11);

  @Test
  void firstProxyIsTriedFirstAndWhoLoseItSpreadOverTheOthers() {
    Map<Destination, Integer> seconds = new HashMap<>();
    for (int i = 0; i < RUNS; i++) {
      List<Destination> turns = ProxyRoad.inTurn(PROXIES, random);
      assertThat(turns.getFirst()).isEqualTo(PROXIES.getFirst());
      assertThat(turns).containsExactlyInAnyOrderElementsOf(PROXIES);
      seconds.merge(turns.get(1), 1, Integer::sum);
    }
    int fair = RUNS / (PROXIES.size() - 1);
    assertThat(seconds).hasSize(PROXIES.size() - 1);
    assertThat(seconds.values()).allMatch(it -> it > fair * 9 / 10 && it < fair * 11 / 10);
  }

  @Test
  void oneProxyIsTriedAlone() {
    assertThat(ProxyRoad.inTurn(PROXIES.subList(0, 1), random)).isEqualTo(PROXIES.subList(0, 1));
  }
}

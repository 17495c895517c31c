package dev.holdfast.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RouteTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
  private static final KnownNode WEB1 = node("web1", Map.of("env", "prod", "role", "web"));
  private static final KnownNode WEB2 = node("web2", Map.of("env", "prod", "role", "web"));
  private static final KnownNode DB = node("db", Map.of("env", "prod", "role", "db"));
  private static final List<KnownNode> ALL = List.of(WEB1, WEB2, DB);

  private static KnownNode node(String name, Map<String, String> labels) {
    return new KnownNode(name, labels, Optional.empty(), Optional.empty());
  }

  private static Route to(String target) {
    return Route.to(target, ALL, node -> verdict(!node.equals(DB)));
  }

  private static Judge.Verdict verdict(boolean may) {
    return may ? new Judge.Verdict.Allowed() : new Judge.Verdict.Denied("");
  }

  @Test
  void saysWhatTheClusterSaysWhereThatIsOneThing() {
    String why = "The user ada is locked: lost laptop";
    assertThat(sentence(Route.to("web1", ALL, node -> new Judge.Verdict.Denied(why))))
        .isEqualTo(why);
    assertThat(sentence(Route.to("web1", ALL, node -> new Judge.Verdict.Unanswered())))
        .isEqualTo("Nobody can say at the moment whether you may; try again later.");
    assertThat(sentence(Route.to("role=web", ALL, node -> new Judge.Verdict.Denied(node.name()))))
        .startsWith("You may not reach 'role=web'");
  }

  private static String sentence(Route route) {
    return ((Route.Refused) route).sentence();
  }

  @Test
  void leadsByNameByLabelsAndAsSomebody() {
    assertThat(to("web1")).isEqualTo(new Route.Found(WEB1, ""));
    assertThat(to("WEB1")).isEqualTo(new Route.Found(WEB1, ""));
    assertThat(to("root@web1")).isEqualTo(new Route.Found(WEB1, "root"));
    Route byLabel = Route.to("root@env=prod,role=db", ALL, node -> verdict(true));
    assertThat(byLabel).isEqualTo(new Route.Found(DB, "root"));
  }

  @Test
  void refusesInFourSentences() {
    assertThat(sentence(to("web3")))
        .isEqualTo("There is no node 'web3' in this cluster; check the name.");
    assertThat(sentence(to("root@db")))
        .isEqualTo("You may not reach 'db' as 'root'; ask whoever administers the cluster.");
    assertThat(sentence(to("role=web")))
        .isEqualTo("'role=web' means 2 nodes (web1, web2); name one of them.");
    assertThat(Route.offline(WEB1, NOW).sentence())
        .isEqualTo(
            "Node 'web1' is offline: it was not seen since this proxy was started; try again when"
                + " it is back.");
  }

  @Test
  void saysWhenANodeWasLastSeen() {
    KnownNode seen =
        new KnownNode("web1", Map.of(), Optional.empty(), Optional.of(NOW.minusSeconds(600)));
    assertThat(Route.offline(seen, NOW).sentence()).contains("was last seen 10 min ago");
  }

  @Test
  void countsOnlyNodesThatHeMayReachAsAmbiguous() {
    Route one = Route.to("role=web", ALL, node -> verdict(node.equals(WEB2)));
    assertThat(one).isEqualTo(new Route.Found(WEB2, ""));
  }

  @Test
  void listsAFewOfManyAndRepeatsNothingThatMovesACursor() {
    List<KnownNode> many =
        java.util.stream.IntStream.range(0, 9)
            .mapToObj(i -> node("n" + i, Map.of("a", "b")))
            .toList();
    assertThat(sentence(Route.to("a=b", many, node -> verdict(true))))
        .isEqualTo("'a=b' means 9 nodes (n0, n1, n2, n3, n4, …); name one of them.");
    assertThat(sentence(to("\u001b[2Jx"))).contains("'?[2jx'");
    assertThat(sentence(to("x".repeat(Route.MOST_TARGET + 1)))).hasSizeLessThan(200);
  }
}

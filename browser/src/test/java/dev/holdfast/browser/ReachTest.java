package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class ReachTest {
  private static final Reach SERVER_ONLY = new Reach(false, () -> Set.of("192.0.2.7"));

  private static Reach.Way of(String host, int port) {
    return SERVER_ONLY.of(new SocksRequest(host, port));
  }

  @Test
  void leadsEveryNameOfLoopbackToTheServer() {
    assertThat(of("localhost", 8888)).isEqualTo(new Reach.Way.Far("localhost", 8888));
    assertThat(of("LocalHost.", 8888)).isEqualTo(new Reach.Way.Far("localhost", 8888));
    assertThat(of("foo.localhost", 8888)).isEqualTo(new Reach.Way.Far("localhost", 8888));
    assertThat(of("127.0.0.1", 8888)).isEqualTo(new Reach.Way.Far("127.0.0.1", 8888));
    assertThat(of("127.0.0.2", 8888)).isEqualTo(new Reach.Way.Far("127.0.0.2", 8888));
    assertThat(of("::1", 8888)).isEqualTo(new Reach.Way.Far("::1", 8888));
    assertThat(of("0.0.0.0", 8885)).isEqualTo(new Reach.Way.Far("localhost", 8885));
  }

  @Test
  void servesTheStartPageItself() {
    assertThat(of("start.localhost", 80)).isEqualTo(new Reach.Way.Start());
    assertThat(of("start.localhost", 443)).isInstanceOf(Reach.Way.Closed.class);
  }

  @Test
  void leadsNowhereElse() {
    for (String host :
        new String[] {
          "example.com",
          "192.0.2.8",
          "128.0.0.1",
          "127.0.0.1.example.com",
          "localhost.example.com",
          "127.0.0.256",
          "1270.0.0.1",
          "fe80::1",
          "2001:db8::1",
          "a b",
          ""
        }) {
      assertThat(of(host, 80)).as(host).isInstanceOf(Reach.Way.Closed.class);
    }
  }

  @Test
  void leadsToAddressesAtWhichTheServersProgramsListen() {
    assertThat(of("192.0.2.7", 80)).isEqualTo(new Reach.Way.Far("192.0.2.7", 80));
  }

  @Test
  void leadsOnWhenThatWasAskedForAndNeverWithAnOddName() {
    Reach all = new Reach(true, Set::of);
    assertThat(all.of(new SocksRequest("Example.com", 443)))
        .isEqualTo(new Reach.Way.Far("example.com", 443));
    assertThat(all.of(new SocksRequest("a\nb", 443))).isInstanceOf(Reach.Way.Closed.class);
    assertThat(all.of(new SocksRequest("a".repeat(Reach.MOST_HOST), 443)))
        .isInstanceOf(Reach.Way.Far.class);
    assertThat(all.of(new SocksRequest("a".repeat(Reach.MOST_HOST + 1), 443)))
        .isInstanceOf(Reach.Way.Closed.class);
  }
}

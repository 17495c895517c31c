package dev.holdfast.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The moments come when the tests say so: the interval is longer than any of them. */
class SteadyKeysTest {
  private final List<String> sent = new ArrayList<>();
  private final Keyboard.Sink server =
      new Keyboard.Sink() {
        @Override
        public void typed(byte[] bytes, int offset, int length) {
          sent.add(new String(bytes, offset, length, US_ASCII));
        }

        @Override
        public void ended() {
          sent.add("end");
        }
      };

  private final SteadyKeys keys = with(Duration.ofHours(1));

  private SteadyKeys with(Duration interval) {
    return new SteadyKeys(server, () -> sent.add("chaff"), interval, new Random(7));
  }

  private void type(String text) throws IOException {
    keys.typed(text.getBytes(US_ASCII), 0, text.length());
  }

  @Test
  void theFirstKeyGoesAtOnceAndOthersAtTheNextMoment() throws IOException {
    type("a");
    type("b");
    type("c");
    assertThat(sent).containsExactly("a");
    keys.moment();
    assertThat(sent).containsExactly("a", "bc");
  }

  @Test
  void momentsWithoutKeysHaveChaffUntilTheyEnd() throws IOException {
    type("a");
    int moments = 0;
    while (keys.moment()) {
      moments++;
    }
    assertThat(moments).isBetween(1, 3);
    assertThat(sent.subList(1, sent.size())).containsOnly("chaff").hasSize(moments);
    type("b");
    assertThat(sent).last().isEqualTo("b");
  }

  @Test
  void chaffIsSentForAtLeastASecondAfterTheLastKey() throws IOException {
    SteadyKeys quick = with(Duration.ofMillis(20));
    int moments = 0;
    synchronized (quick) {
      // Its own moments wait for this monitor.
      quick.typed(new byte[] {'a'}, 0, 1);
      while (quick.moment()) {
        moments++;
      }
    }
    assertThat(moments).isBetween(51, 153);
  }

  @Test
  void whatIsPastedGoesAtOnceBehindTheKeysBeforeIt() throws IOException {
    type("a");
    type("b");
    type("x".repeat(SteadyKeys.MOST_KEY_BYTES + 1));
    assertThat(sent).containsExactly("a", "b", "x".repeat(SteadyKeys.MOST_KEY_BYTES + 1));
  }

  @Test
  void theEndOfInputComesBehindTheLastKey() throws IOException {
    type("a");
    type("b");
    keys.ended();
    assertThat(sent).containsExactly("a", "b", "end");
    assertThat(keys.moment()).isFalse();
  }
}

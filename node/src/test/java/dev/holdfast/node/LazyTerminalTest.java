package dev.holdfast.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.terminal.Repaint;
import dev.holdfast.terminal.Settings;
import dev.holdfast.terminal.Size;
import dev.holdfast.terminal.Terminal;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A terminal that is fed when somebody looks. */
final class LazyTerminalTest {
  private static final Size SIZE = new Size(40, 10);
  private static final Settings SETTINGS = new Settings(16 * 1024, true);
  private static final String[] PIECES = {
    "a line\r\n",
    "\033[31mred\033[0m ",
    "\033[H\033[2J",
    "\033[6n",
    "über\r\n",
    "x".repeat(55),
    "\t\b"
  };

  @Test
  void showsTheSameAsOneThatIsFedAtOnceHoweverTheBytesCome() {
    for (int seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Terminal plain = new Terminal(SIZE, SETTINGS);
      LazyTerminal lazy = new LazyTerminal(new Terminal(SIZE, SETTINGS));
      byte[] bytes = bytes(random);
      for (int at = 0; at < bytes.length; ) {
        int count = Math.min(bytes.length - at, 1 + random.nextInt(6_000));
        plain.feed(bytes, at, at + count);
        lazy.feed(bytes, at, count);
        at += count;
        if (random.nextInt(8) == 0) {
          assertThat(seen(lazy.current())).as("seed %d", seed).isEqualTo(seen(plain));
          assertThat(lazy.waiting()).isZero();
        }
      }
      assertThat(seen(lazy.current())).as("seed %d", seed).isEqualTo(seen(plain));
      assertThat(lazy.current().hasNoAnswers()).isTrue();
    }
  }

  private static byte[] bytes(SplittableRandom random) {
    StringBuilder all = new StringBuilder();
    int length = random.nextInt(100_000);
    while (all.length() < length) {
      all.append(PIECES[random.nextInt(PIECES.length)]);
    }
    return all.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static String seen(Terminal terminal) {
    return new String(Repaint.of(terminal, SIZE, Repaint.From.TOP, 0), StandardCharsets.UTF_8);
  }

  @Test
  void keepsNoMoreThanItsBound() {
    LazyTerminal lazy = new LazyTerminal(new Terminal(SIZE, SETTINGS));
    byte[] most = "x".repeat(LazyTerminal.MOST_WAITING + 1).getBytes(StandardCharsets.UTF_8);
    lazy.feed(most, 1, LazyTerminal.MOST_WAITING);
    assertThat(lazy.waiting()).isEqualTo(LazyTerminal.MOST_WAITING);
    lazy.feed(most, 0, 1);
    assertThat(lazy.waiting()).isEqualTo(1);
    lazy.feed(most, 0, most.length);
    assertThat(lazy.waiting()).isZero();
  }
}

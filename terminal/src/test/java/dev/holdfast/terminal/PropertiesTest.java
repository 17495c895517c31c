package dev.holdfast.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for whatever a program writes. */
class PropertiesTest {
  private static final Settings SETTINGS = new Settings(64 * 1024, true);
  private static final int PROGRAMS = 300;

  static IntStream seeds() {
    return IntStream.range(0, PROGRAMS);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void isTheSameInWhateverPiecesTheBytesCome(int seed) {
    Size size = size(seed);
    byte[] written = RandomProgram.written(seed, false, size, 400);
    Terminal whole = new Terminal(size, SETTINGS);
    whole.feed(written);
    Terminal byPieces = new Terminal(size, SETTINGS);
    feedInPieces(byPieces, written, new SplittableRandom(seed), seed % 3 == 0 ? 1 : 700);
    assertThat(StateText.of(byPieces)).isEqualTo(StateText.of(whole));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void repaintBringsAFreshTerminalToTheSameState(int seed) {
    Size size = size(seed);
    byte[] written = RandomProgram.written(seed, false, size, 400);
    Terminal original = new Terminal(size, SETTINGS);
    SplittableRandom random = new SplittableRandom(seed);
    int cut = random.nextInt(written.length);
    original.feed(written, 0, cut);

    Terminal fresh = new Terminal(size, SETTINGS);
    fresh.feed(Repaint.of(original, size, Repaint.From.CURSOR, 0));
    assertThat(StateText.of(fresh)).isEqualTo(StateText.of(original));

    original.feed(written, cut, written.length);
    fresh.feed(written, cut, written.length);
    assertThat(screenOf(fresh)).isEqualTo(screenOf(original));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void repaintBringsAnyTerminalToTheSameScreen(int seed) {
    Size size = size(seed);
    Terminal original = new Terminal(size, SETTINGS);
    original.feed(RandomProgram.written(seed, false, size, 300));
    Terminal other = new Terminal(size, SETTINGS);
    other.feed(RandomProgram.written(seed + 1_000_000L, false, size, 300));
    other.feed(Repaint.of(original, size, Repaint.From.TOP, original.scrollbackEnd()));
    assertThat(grids(other)).isEqualTo(grids(original));
    assertThat(other.cursorColumn()).isEqualTo(original.cursorColumn());
    assertThat(other.cursorRow()).isEqualTo(original.cursorRow());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void survivesAnyResize(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Terminal terminal = new Terminal(size(seed), new Settings(8192, seed % 2 == 0));
    for (int i = 0; i < 20; i++) {
      Size size = new Size(1 + random.nextInt(60), 1 + random.nextInt(20));
      terminal.resize(size);
      assertThat(terminal.size()).isEqualTo(size);
      terminal.feed(RandomProgram.written(random.nextLong(), false, size, 50));
      Terminal fresh = new Terminal(size, SETTINGS);
      fresh.feed(Repaint.of(terminal, size, Repaint.From.CURSOR, 0));
      assertThat(grids(fresh)).isEqualTo(grids(terminal));
    }
  }

  @Test
  void keepsNoMoreScrollbackThanItsBound() {
    Terminal terminal = new Terminal(new Size(80, 24), new Settings(8192, true));
    for (int i = 0; i < 5000; i++) {
      terminal.feed(("line " + i + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }
    assertThat(terminal.scrollback.capacity()).isEqualTo(8192);
    assertThat(terminal.scrollback.kept()).hasSize(8192);
    Terminal fresh = new Terminal(new Size(80, 24), new Settings(8192, true));
    fresh.feed(Repaint.of(terminal, terminal.size(), Repaint.From.CURSOR, 0));
    assertThat(StateText.scrollback(fresh)).startsWith("line ").endsWith("\r\nline 4976");
  }

  private static Size size(int seed) {
    return switch (seed % 4) {
      case 0 -> new Size(80, 24);
      case 1 -> new Size(20, 6);
      case 2 -> new Size(7, 3);
      default -> new Size(40, 10);
    };
  }

  private static void feedInPieces(
      Terminal terminal, byte[] bytes, SplittableRandom random, int most) {
    int at = 0;
    while (at < bytes.length) {
      int end = Math.min(bytes.length, at + 1 + random.nextInt(most));
      terminal.feed(bytes, at, end);
      at = end;
    }
  }

  private static String screenOf(Terminal terminal) {
    String all = StateText.of(terminal);
    return all.substring(0, all.indexOf("scrollback\n"));
  }

  private static String grids(Terminal terminal) {
    String all = screenOf(terminal);
    return all.lines()
        .filter(line -> line.startsWith("|") || line.startsWith("+"))
        .map(line -> line.substring(1))
        .reduce("", (a, b) -> a + b + "\n");
  }
}

package dev.holdfast.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a person sees of his keys on a slow and lossy way, whatever is lost of them. */
class TypingTest {
  private static final int SEEDS = 200;

  /** There and back, and a moment. */
  private static final long ROUND_TRIP_NANOS = 350 * FarShell.MILLI;

  private static final List<String> LINES =
      List.of(
          "ls -l /etc/hostname",
          "grep -n root pas\u007f\u007fasswd | head -3",
          "cat hostanme\u007f\u007f\u007fname",
          "for i in 1 2 3; do echo $i; done",
          "aaaa bbbb  11",
          "ps aux | wc -l");

  static IntStream seeds() {
    return IntStream.range(0, SEEDS);
  }

  /** Of one person at work. */
  private static final class Typing {
    final FarShell shell;
    final SplittableRandom random;
    final List<Long> delays = new ArrayList<>();
    private final List<String> states = new ArrayList<>();
    private final List<Long> typedAt = new ArrayList<>();
    private int seen;
    private long wrongSince;
    long wrong;
    String wrongText = "";

    Typing(int seed) {
      shell = new FarShell(seed);
      random = new SplittableRandom(~seed);
    }

    void line(String keys) {
      await("");
      states.clear();
      typedAt.clear();
      states.add("");
      typedAt.add(0L);
      seen = 0;
      String text = "";
      for (int i = 0; i < keys.length(); i++) {
        char key = keys.charAt(i);
        text = key == '\u007f' ? text.substring(0, text.length() - 1) : text + key;
        states.add(text);
        typedAt.add(shell.now());
        shell.type(String.valueOf(key));
        look();
        pass(120 + random.nextInt(160));
      }
      for (int i = 0; seen + 1 < states.size() && i < 30_000; i++) {
        pass(1);
      }
      assertThat(seen + 1).as("%s", shell.typedText()).isEqualTo(states.size());
      shell.type("\r");
    }

    private void await(String text) {
      for (int i = 0; !text.equals(shell.typedText()) && i < 30_000; i++) {
        shell.pass(1);
      }
      assertThat(shell.typedText()).isEqualTo(text);
    }

    private void pass(int millis) {
      for (int i = 0; i < millis; i++) {
        shell.pass(1);
        look();
      }
    }

    private void look() {
      String text = shell.typedText();
      int at = -1;
      for (int i = seen; text != null && at < 0 && i < states.size(); i++) {
        at = states.get(i).equals(text) ? i : -1;
      }
      if (at < 0 && !states.subList(0, seen).contains(text)) {
        wrongSince = wrongSince == 0 ? shell.now() : wrongSince;
        if (shell.now() - wrongSince > wrong) {
          wrong = shell.now() - wrongSince;
          wrongText = text + " after " + states.getLast();
        }
        return;
      }
      wrongSince = 0;
      while (seen < at) {
        delays.add(shell.now() - typedAt.get(++seen));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void showsNothingWrongAfterARoundTrip(int seed) {
    Typing typing = new Typing(seed);
    LINES.forEach(typing::line);
    typing.shell.pass(10_000);
    assertThat(typing.wrong).as(typing.wrongText).isLessThanOrEqualTo(ROUND_TRIP_NANOS);
    same(typing.shell);
  }

  @Test
  void showsMostKeysAtOnce() {
    List<Long> delays = new ArrayList<>();
    for (int seed = 0; seed < 20; seed++) {
      Typing typing = new Typing(seed);
      LINES.forEach(typing::line);
      delays.addAll(typing.delays);
    }
    long atOnce = delays.stream().filter(each -> each <= 20 * FarShell.MILLI).count();
    assertThat(100 * atOnce / delays.size()).isGreaterThan(50);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void leavesTheTerminalAsTheShellWantsItHoweverSoonOneTypesOn(int seed) {
    FarShell shell = new FarShell(seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (char key : String.join("\r", LINES).toCharArray()) {
      shell.type(String.valueOf(key));
      shell.pass(random.nextInt(random.nextInt(10) == 0 ? 2_000 : 250));
    }
    shell.pass(10_000);
    same(shell);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void showsNothingOfAPasswordHoweverSoonItIsTyped(int seed) {
    FarShell shell = new FarShell(seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (char key : "ls -l\rsecret\r".toCharArray()) {
      shell.type(String.valueOf(key));
      shell.pass(120 + random.nextInt(160));
    }
    shell.pass(random.nextInt(3_000));
    for (char key : "Zword ZZ".toCharArray()) {
      shell.type(String.valueOf(key));
      for (int i = random.nextInt(200); i >= 0; i--) {
        shell.pass(1);
        for (int y = 0; y < 8; y++) {
          assertThat(shell.shown.line(y)).doesNotContain("Z");
        }
      }
    }
  }

  private static void same(FarShell shell) {
    for (int y = 0; y < 8; y++) {
      assertThat(shell.shown.line(y)).isEqualTo(shell.plain.line(y));
    }
    assertThat(shell.shown.cursorRow()).isEqualTo(shell.plain.cursorRow());
    assertThat(shell.shown.cursorColumn()).isEqualTo(shell.plain.cursorColumn());
  }
}

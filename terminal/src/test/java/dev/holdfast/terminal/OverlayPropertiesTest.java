package dev.holdfast.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for whatever a host writes and a person types, whenever it comes. */
class OverlayPropertiesTest {
  private static final int SEEDS = 200;
  private static final int STEPS = 200;

  static IntStream seeds() {
    return IntStream.range(0, SEEDS);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void leavesTheTerminalAsTheHostWantsIt(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Size size = seed % 2 == 0 ? new Size(40, 10) : new Size(13, 4);
    Person person = new Person(size, Overlay.Predict.ALWAYS);
    person.before("before\r\n".repeat(random.nextInt(2 * size.rows())));
    interleave(person, RandomProgram.written(seed, false, size, 200), random);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vim", "vim-quit", "less", "top", "bash", "colours", "dialog"})
  void leavesWhatAFullScreenProgramShows(String name) throws IOException {
    byte[] recorded = recorded(name);
    for (int seed = 0; seed < 20; seed++) {
      Person person = new Person(new Size(80, 24), Overlay.Predict.ALWAYS);
      person.before("before\r\n".repeat(seed));
      interleave(person, recorded, new SplittableRandom(seed));
    }
  }

  @Test
  void showsSomethingMostOfTheTimeWhereKeysAreEchoed() {
    int seen = IntStream.range(0, 50).map(OverlayPropertiesTest::typeToAnEcho).sum();
    assertThat(seen).isGreaterThan(50 * STEPS / 4);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void isRightAboutAHostThatEchoes(int seed) {
    typeToAnEcho(seed);
  }

  /** Returns after how many steps something was painted. */
  private static int typeToAnEcho(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Person person = new Person(new Size(40, 8), Overlay.Predict.ALWAYS);
    person.before("before\r\n".repeat(random.nextInt(10)));
    Echo host = new Echo(person, random);
    int seen = 0;
    for (int i = 0; i < STEPS; i++) {
      host.step();
      seen += person.overlay.isPainted() ? 1 : 0;
      person.uncover();
      same(person);
    }
    host.finish();
    person.settle();
    assertThat(person.overlay.isPainted()).isFalse();
    same(person);
    return seen;
  }

  /** A line editor that is some keys behind, and prompts after each line. */
  private static final class Echo {
    private final Person person;
    private final SplittableRandom random;
    private final StringBuilder late = new StringBuilder();
    private int length;

    Echo(Person person, SplittableRandom random) {
      this.person = person;
      this.random = random;
      person.host("$ ");
    }

    void step() {
      person.now += random.nextInt(80) * Person.MILLI;
      if (random.nextInt(3) > 0) {
        String key = key();
        late.append(key);
        person.type(key);
      } else {
        answer(random.nextInt(late.length() + 1));
      }
    }

    private String key() {
      return switch (random.nextInt(12)) {
        case 0 -> "\r";
        case 1, 2 -> "\u007f";
        default -> Character.toString('a' + random.nextInt(26));
      };
    }

    private void answer(int count) {
      StringBuilder written = new StringBuilder();
      for (int i = 0; i < count; i++) {
        char c = late.charAt(i);
        if (c == '\r') {
          written.append("\r\n$ ");
          length = 0;
        } else if (c != '\u007f') {
          written.append(c);
          length++;
        } else if (length > 0) {
          written.append("\b \b");
          length--;
        }
      }
      late.delete(0, count);
      person.host(written.toString());
      person.reached(person.overlay.keys() - late.length(), 100);
    }

    void finish() {
      answer(late.length());
    }
  }

  private static void interleave(Person person, byte[] written, SplittableRandom random) {
    int at = 0;
    while (at < written.length) {
      switch (random.nextInt(5)) {
        case 0, 1 -> {
          int end = Math.min(written.length, at + 1 + random.nextInt(60));
          person.host(written, at, end);
          at = end;
        }
        case 2 -> person.type(keys(random));
        case 3 -> {
          person.reached(person.overlay.keys() - random.nextInt(3), random.nextInt(300));
          person.pass(random.nextInt(100));
        }
        default -> person.notice(random.nextBoolean() ? "" : "host: no answer for 3 s");
      }
      if (random.nextInt(10) == 0) {
        person.uncover();
        same(person);
      }
    }
    person.notice("");
    person.settle();
    person.uncover();
    same(person);
  }

  private static String keys(SplittableRandom random) {
    return switch (random.nextInt(8)) {
      case 0 -> "\u007f";
      case 1 -> "\033[D";
      case 2 -> "\033[C";
      case 3 -> "\r";
      case 4 -> "h\u00e9llo";
      default -> Character.toString(' ' + random.nextInt(95));
    };
  }

  private static void same(Person person) {
    assertThat(StateText.of(person.shown)).isEqualTo(StateText.of(person.plain));
  }

  private static byte[] recorded(String name) throws IOException {
    try (InputStream in = OverlayPropertiesTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }
}

package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class TypedLineTest {
  private final TypedLine line = TypedLine.of("lw" + TypedLine.ERASE + "s");

  @Test
  void knowsWhatIsShownAfterEachKey() {
    assertThat(line.states()).containsExactly("", "l", "lw", "l", "ls");
  }

  @Test
  void tellsHowManyKeysAreShown() {
    assertThat(line.keysShown("", 0, 4)).isZero();
    assertThat(line.keysShown("lw", 1, 4)).isEqualTo(2);
    assertThat(line.keysShown("l", 0, 3)).isEqualTo(1);
    assertThat(line.keysShown("l", 2, 3)).isEqualTo(3);
    assertThat(line.keysShown("ls", 3, 4)).isEqualTo(4);
  }

  @Test
  void whatWasShownAndIsTakenBackIsNotWrong() {
    assertThat(line.keysShown("lw", 4, 4)).isEqualTo(2);
  }

  @Test
  void whatNoKeyCanHaveMadeIsWrong() {
    assertThat(line.keysShown("ls", 0, 3)).isEqualTo(-1);
    assertThat(line.keysShown("lx", 0, 4)).isEqualTo(-1);
  }
}

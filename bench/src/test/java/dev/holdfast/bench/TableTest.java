package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

final class TableTest {

  @Test
  void alignsWordsToTheLeftAndNumbersToTheRight() {
    var table = new Table(1, "what", "n", "ratio");
    table.add("a", "12345", "1.0");
    table.add("longer", "1", "10.25");
    assertThat(table.toString())
        .isEqualTo(
            """
            what        n  ratio
            a       12345    1.0
            longer      1  10.25
            """);
  }

  @Test
  void leavesNoBlanksAtTheEndOfALine() {
    var table = new Table(2, "a", "b");
    table.add("1", "");
    assertThat(table.toString()).isEqualTo("a  b\n1\n");
  }

  @Test
  void refusesARowThatDoesNotFitTheHeads() {
    var table = new Table(1, "a", "b");
    assertThatIllegalArgumentException().isThrownBy(() -> table.add("1"));
  }
}

package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.Json;
import dev.holdfast.bench.Results.Measure;
import org.junit.jupiter.api.Test;

final class ResultsTest {
  private static final Measure SPEED = new Measure("upload", "MB/s");

  @Test
  void showsEachContenderAndItsRatioToTheBaseOnly() {
    var results = new Results("raw-relay");
    results.add(SPEED, Baseline.RAW_RELAY, 100);
    results.add(SPEED, Baseline.DIRECT, 200);
    results.add(SPEED, Baseline.RAW_RELAY, 50);
    results.add(SPEED, Baseline.DIRECT, 150);
    assertThat(results.table())
        .isEqualTo(
            """
            measure  unit  path       median  least  most  n  ratio  least  most
            upload   MB/s  raw-relay    75.0   50.0   100  2
            upload   MB/s  direct        175    150   200  2   2.50   2.00  3.00
            """);
  }

  @Test
  void givesNoRatioWhereTheBaseHasNoValueForEachRepetition() {
    var results = new Results("raw-relay");
    results.add(SPEED, Baseline.DIRECT, 200);
    assertThat(results.table()).endsWith("upload   MB/s  direct     200    200   200  1\n");
    assertThat(Json.from(results.json()).line()).doesNotContain("ratio");
  }

  @Test
  void keepsEverySingleValueInJson() {
    var results = new Results("raw-relay");
    results.add(SPEED, Baseline.RAW_RELAY, 100);
    results.add(SPEED, Baseline.RAW_RELAY, 300);
    assertThat(Json.from(results.json()).line())
        .isEqualTo(
            "[{\"measure\":\"upload\",\"unit\":\"MB/s\",\"path\":\"raw-relay\","
                + "\"values\":[100.0,300.0],\"median\":200.0,\"least\":100.0,"
                + "\"most\":300.0}]");
  }

  @Test
  void printsRemarksBelowTheTable() {
    var results = new Results("raw-relay");
    results.remark("Not measured: memory.");
    assertThat(results.table()).endsWith("most\nNot measured: memory.\n");
  }

  @Test
  void numbersHaveThreeDigitsThatMatter() {
    assertThat(Results.number(12_345.6)).isEqualTo("12346");
    assertThat(Results.number(99.96)).isEqualTo("100");
    assertThat(Results.number(99.94)).isEqualTo("99.9");
    assertThat(Results.number(9.996)).isEqualTo("10.0");
    assertThat(Results.number(9.994)).isEqualTo("9.99");
    assertThat(Results.number(0.99951)).isEqualTo("1.00");
    assertThat(Results.number(0.9994)).isEqualTo("0.999");
    assertThat(Results.number(0)).isEqualTo("0.000");
    assertThat(Results.number(-99.96)).isEqualTo("-100");
  }
}

package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class FiguresTest {

  @Test
  void percentileIsTheNearestRank() {
    long[] oneToHundred = LongStream.rangeClosed(1, 100).toArray();
    assertThat(Figures.percentile(oneToHundred, 50)).isEqualTo(50);
    assertThat(Figures.percentile(oneToHundred, 99)).isEqualTo(99);
    assertThat(Figures.percentile(oneToHundred, 99.5)).isEqualTo(100);
    assertThat(Figures.percentile(oneToHundred, 100)).isEqualTo(100);
    assertThat(Figures.percentile(oneToHundred, 0.001)).isEqualTo(1);
  }

  @Test
  void percentileOfTenThousandLeavesExactlyOnePerCentAboveIt() {
    long[] values = LongStream.rangeClosed(1, 10_000).toArray();
    assertThat(Figures.percentile(values, 99)).isEqualTo(9_900);
  }

  @Test
  void percentileNeitherNeedsNorChangesTheOrder() {
    long[] values = {5, 1, 4, 2, 3};
    assertThat(Figures.percentile(values, 50)).isEqualTo(3);
    assertThat(values).containsExactly(5, 1, 4, 2, 3);
  }

  @Test
  void percentileOfOneValueIsThatValue() {
    assertThat(Figures.percentile(new long[] {7}, 1)).isEqualTo(7);
    assertThat(Figures.percentile(new long[] {7}, 99)).isEqualTo(7);
  }

  @Test
  void percentileRefusesWhatHasNone() {
    assertThatIllegalArgumentException().isThrownBy(() -> Figures.percentile(new long[0], 50));
    assertThatIllegalArgumentException().isThrownBy(() -> Figures.percentile(new long[1], 0));
    assertThatIllegalArgumentException().isThrownBy(() -> Figures.percentile(new long[1], 101));
  }

  @Test
  void medianIsTheMiddleOrTheMeanOfTheTwoInTheMiddle() {
    assertThat(new Figures(List.of(9.0, 1.0, 2.0)).median()).isEqualTo(2);
    assertThat(new Figures(List.of(9.0, 1.0, 2.0, 4.0)).median()).isEqualTo(3);
  }

  @Test
  void spreadIsTheLeastAndTheGreatest() {
    var figures = new Figures(List.of(3.0, -1.0, 2.0));
    assertThat(figures.least()).isEqualTo(-1);
    assertThat(figures.greatest()).isEqualTo(3);
  }

  @Test
  void ratiosAreOfTheSameRepetitionNotOfTheMedians() {
    var slowThenFast = new Figures(List.of(10.0, 100.0, 1000.0));
    var base = new Figures(List.of(20.0, 100.0, 500.0));
    assertThat(slowThenFast.over(base).values()).containsExactly(0.5, 1.0, 2.0);
  }

  @Test
  void refusesNothingAndUnequalNumbers() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Figures(List.of()));
    var one = new Figures(List.of(1.0));
    var two = new Figures(List.of(1.0, 2.0));
    assertThatIllegalArgumentException().isThrownBy(() -> one.over(two));
  }
}

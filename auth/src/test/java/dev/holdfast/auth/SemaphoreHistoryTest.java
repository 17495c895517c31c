package dev.holdfast.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.auth.SemaphoreHistory.Kind;
import dev.holdfast.auth.SemaphoreHistory.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SemaphoreHistoryTest {
  private static final List<Kind> KINDS = List.of(Kind.values());

  private final SemaphoreHistory history = new SemaphoreHistory(1);

  @Test
  void oneAfterTheOtherIsRight() {
    history.add(Kind.GRANTED, "a", 0, 1);
    history.add(Kind.FULL, "b", 2, 3);
    history.add(Kind.RELEASED, "a", 4, 5);
    history.add(Kind.GRANTED, "c", 6, 7);
    assertThat(history.isLinearizable()).isTrue();
  }

  @Test
  void twoAtATimeAreTooMany() {
    history.add(Kind.GRANTED, "a", 0, 1);
    history.add(Kind.GRANTED, "b", 2, 3);
    assertThat(history.isLinearizable()).isFalse();
  }

  @Test
  void nobodyIsRefusedForNothing() {
    history.add(Kind.GRANTED, "a", 0, 1);
    history.add(Kind.RELEASED, "a", 2, 3);
    history.add(Kind.FULL, "b", 4, 5);
    assertThat(history.isLinearizable()).isFalse();
  }

  @Test
  void whatOverlapsMayBeInAnyOrder() {
    history.add(Kind.GRANTED, "a", 0, 10);
    history.add(Kind.RELEASED, "a", 3, 10);
    history.add(Kind.GRANTED, "b", 2, 9);
    assertThat(history.isLinearizable()).isTrue();
  }

  @Test
  void whatIsReleasedBeforeItIsGivenIsNeverGiven() {
    history.add(Kind.RELEASED, "a", 0, 1);
    history.add(Kind.GRANTED, "a", 2, 3);
    assertThat(history.isLinearizable()).isFalse();
  }

  @Test
  void whatHasNoAnswerMayHaveHappenedOrNot() {
    history.addUnanswered(Kind.ASKED, "a", 0);
    history.add(Kind.FULL, "b", 2, 3);
    assertThat(history.isLinearizable()).isTrue();
    history.add(Kind.GRANTED, "c", 4, 5);
    assertThat(history.isLinearizable()).isFalse();
    history.addUnanswered(Kind.EXPIRED, "a", 3);
    assertThat(history.isLinearizable()).isTrue();
  }

  @Test
  void nothingExpiresBeforeItsTime() {
    history.add(Kind.GRANTED, "a", 0, 1);
    history.add(Kind.GRANTED, "b", 2, 3);
    history.addUnanswered(Kind.EXPIRED, "a", 4);
    assertThat(history.isLinearizable()).isFalse();
  }

  @Test
  void takingAgainTakesNoSecondSlot() {
    history.add(Kind.GRANTED, "a", 0, 1);
    history.add(Kind.GRANTED, "a", 2, 3);
    assertThat(history.isLinearizable()).isTrue();
  }

  /** The search leaves out what it need not try; this tries everything. */
  @Test
  void whatIsLeftOutOfTheSearchIsNotMissed() {
    int explained = 0;
    for (int seed = 0; seed < 4_000; seed++) {
      Random random = new Random(seed);
      int limit = 1 + random.nextInt(2);
      SemaphoreHistory searched = new SemaphoreHistory(limit);
      List<Op> ops = new ArrayList<>();
      for (int i = 0; i < 3 + random.nextInt(5); i++) {
        Op op = op(random);
        ops.add(op);
        searched.add(op.kind(), op.lease(), op.asked(), op.answered());
      }
      boolean is = new Everything(limit, ops).explains(new TreeSet<>(), Set.of(), Set.of());
      assertThat(searched.isLinearizable()).as("seed %d: %s", seed, searched).isEqualTo(is);
      explained += is ? 1 : 0;
    }
    assertThat(explained).isBetween(400, 3_600);
  }

  private static Op op(Random random) {
    Kind kind = KINDS.get(random.nextInt(KINDS.size()));
    boolean unseen =
        kind == Kind.ASKED
            || kind == Kind.EXPIRED
            || (kind == Kind.RELEASED && random.nextInt(3) == 0);
    long asked = random.nextInt(12);
    long answered = unseen ? Long.MAX_VALUE : asked + 1 + random.nextInt(6);
    return new Op(kind, "abc".substring(random.nextInt(3)).substring(0, 1), asked, answered);
  }

  /** Every order of every choice of what nobody saw. */
  private record Everything(int limit, List<Op> ops) {
    boolean explains(Set<Integer> done, Set<String> held, Set<String> over) {
      List<Op> left =
          IntStream.range(0, ops.size()).filter(i -> !done.contains(i)).mapToObj(ops::get).toList();
      if (left.stream().noneMatch(Op::isCertain)) {
        return true;
      }
      long horizon = left.stream().mapToLong(Op::answered).min().orElseThrow();
      return IntStream.range(0, ops.size())
          .filter(i -> !done.contains(i) && ops.get(i).asked() <= horizon)
          .anyMatch(i -> explains(i, done, held, over));
    }

    private boolean explains(int next, Set<Integer> done, Set<String> held, Set<String> over) {
      Op op = ops.get(next);
      Set<String> heldNext = new TreeSet<>(held);
      Set<String> overNext = new TreeSet<>(over);
      boolean room = held.contains(op.lease()) || held.size() < limit;
      boolean right =
          switch (op.kind()) {
            case GRANTED, ASKED -> {
              heldNext.add(op.lease());
              yield room && !over.contains(op.lease());
            }
            case FULL -> !room;
            case RELEASED -> {
              heldNext.remove(op.lease());
              overNext.add(op.lease());
              yield true;
            }
            case EXPIRED -> heldNext.remove(op.lease());
          };
      Set<Integer> doneNext = new TreeSet<>(done);
      doneNext.add(next);
      return right && explains(doneNext, heldNext, overNext);
    }
  }
}

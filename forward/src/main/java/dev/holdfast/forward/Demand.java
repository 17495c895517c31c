package dev.holdfast.forward;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How many connections to an app will be wanted soon, from when there were some: one while there is
 * something to do, {@link Pool#BURST} while a page loads and as many as the last page took
 * afterwards, {@link Pool#MANY} when those are used up within a second; none after {@link
 * Pool#REST}. Pure; the caller locks.
 */
final class Demand {
  /** A page loads for about so long. */
  static final Duration PAGE = Duration.ofSeconds(3);

  private static final int MANY_STARTS = 6;
  private static final long ONE_SECOND = 1_000_000_000L;
  private static final long NEVER = Long.MIN_VALUE;

  private final Deque<Long> starts = new ArrayDeque<>();
  private long wanted = NEVER;
  private long restsUntil = NEVER;
  private long burstBegan = NEVER;
  private int burst;
  private int burstBefore;

  /** Connections will be wanted. */
  void expected(long now) {
    wanted = now;
  }

  /** A connection begins. */
  void began(long now) {
    wanted = now;
    starts.addLast(now);
    if (starts.size() > MANY_STARTS) {
      starts.removeFirst();
    }
    if (burstBegan == NEVER || now - burstBegan > ONE_SECOND) {
      burstBegan = now;
      burstBefore = burst;
      burst = 0;
    }
    burst++;
  }

  /** Nothing is to be made ahead for a while. */
  void rest(long now) {
    restsUntil = now + Pool.REST.toNanos();
  }

  boolean rests(long now) {
    return restsUntil != NEVER && now - restsUntil < 0;
  }

  /** How many to have ready. */
  int connections(long now) {
    if (rests(now) || wanted == NEVER || now - wanted > Pool.REST.toNanos()) {
      return 0;
    }
    Long sixthLast = starts.size() == MANY_STARTS ? starts.getFirst() : null;
    if (sixthLast != null && now - sixthLast < ONE_SECOND) {
      return Pool.MANY;
    }
    boolean isLoading = now - wanted < PAGE.toNanos();
    return isLoading ? Pool.BURST : Math.clamp(Math.max(burst, burstBefore), 1, Pool.BURST);
  }
}

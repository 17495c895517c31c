package dev.holdfast.node;

import dev.holdfast.access.BusyException;
import dev.holdfast.access.LeaseAnswer;
import dev.holdfast.access.LeaseOrder;
import dev.holdfast.access.LeaseRenewal;
import dev.holdfast.access.Leases;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Leases in memory, for one user with a limit, which can be away, busy, or forget to answer. */
final class FakeLeases implements Leases {
  static final Duration TIMEOUT = Duration.ofSeconds(160);

  /** What becomes of calls. */
  enum Weather {
    FINE,
    AWAY,
    BUSY,
    /** It is done, and nobody hears of it. */
    ANSWERS_LOST
  }

  private final int limit;
  private final Set<String> held = new HashSet<>();
  private final Set<String> ending = new HashSet<>();
  private final List<Integer> renewals = new ArrayList<>();
  private Weather weather = Weather.FINE;
  private int takes;

  FakeLeases(int limit) {
    this.limit = limit;
  }

  synchronized void weather(Weather next) {
    weather = next;
  }

  synchronized Set<String> held() {
    return Set.copyOf(held);
  }

  /** How many leases each call of renew had. */
  synchronized List<Integer> renewals() {
    return List.copyOf(renewals);
  }

  synchronized int takes() {
    return takes;
  }

  synchronized void end(String id) {
    ending.add(id);
  }

  @Override
  public synchronized LeaseAnswer take(LeaseOrder order) throws IOException {
    takes++;
    before();
    if (!held.contains(order.id()) && held.size() >= limit) {
      return new LeaseAnswer.Full(limit, 0);
    }
    held.add(order.id());
    after();
    return new LeaseAnswer.Held(TIMEOUT);
  }

  @Override
  public synchronized Map<String, LeaseRenewal.State> renew(List<LeaseRenewal> some)
      throws IOException {
    before();
    renewals.add(some.size());
    Map<String, LeaseRenewal.State> states = new HashMap<>();
    for (LeaseRenewal one : some) {
      states.put(
          one.id(),
          ending.contains(one.id())
              ? LeaseRenewal.State.ENDING
              : held.contains(one.id()) ? LeaseRenewal.State.HELD : LeaseRenewal.State.GONE);
    }
    return states;
  }

  @Override
  public synchronized void release(List<String> ids) throws IOException {
    before();
    ids.forEach(held::remove);
  }

  @Override
  public void drop(List<String> epochs) {
    throw new AssertionError("not the keeper's");
  }

  private void before() throws IOException {
    switch (weather) {
      case AWAY -> throw new IOException("away");
      case BUSY -> throw new BusyException("busy", new IOException("store"));
      case FINE, ANSWERS_LOST -> {}
    }
  }

  private void after() throws IOException {
    if (weather == Weather.ANSWERS_LOST) {
      weather = Weather.FINE;
      throw new IOException("the answer was lost");
    }
  }
}

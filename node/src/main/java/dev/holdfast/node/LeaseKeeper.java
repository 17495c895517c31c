package dev.holdfast.node;

import dev.holdfast.access.BusyException;
import dev.holdfast.access.HeldLease;
import dev.holdfast.access.HeldLeases;
import dev.holdfast.access.LeaseAnswer;
import dev.holdfast.access.LeaseOrder;
import dev.holdfast.access.LeaseRefusal;
import dev.holdfast.access.LeaseRenewal;
import dev.holdfast.access.LeaseTime;
import dev.holdfast.access.Leases;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the connections of one process counted: takes a lease for each, renews all of them in one
 * call, releases each at once when its connection has ended, and ends connections whose leases
 * can't be renewed before anybody could count them for dead. Thread-safe.
 */
public final class LeaseKeeper implements AutoCloseable {
  /** How long somebody waits for an answer who logs in. */
  public static final Duration PATIENCE = Duration.ofSeconds(10);

  /** How often it is asked for one lease while there is no answer. */
  static final int MOST_ATTEMPTS = 5;

  /** How long at most until all is looked at again: time passes otherwise after a suspend. */
  static final Duration LOOK = Duration.ofSeconds(1);

  private static final long FIRST_PAUSE_MILLIS = 50;

  private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);

  private final Leases leases;
  private final String epoch;
  private final LongSupplier clock;
  private final LeaseWatch watch;
  private final LeaseReleases releases;
  private final Thread renewing;
  private final Thread ending;
  private final Semaphore looks = new Semaphore(0);

  /** Guarded by itself. */
  private final HeldLeases held = new HeldLeases();

  /** Those of {@link #held}. Guarded by that. */
  private final Map<String, CountedConnection> connections = new HashMap<>();

  /** All are renewed the next time, due or not. */
  private volatile boolean look;

  private LeaseKeeper(Leases leases, String epoch, LongSupplier clock, LeaseWatch watch) {
    this.leases = leases;
    this.epoch = epoch;
    this.clock = clock;
    this.watch = watch;
    releases = LeaseReleases.start(leases);
    renewing = Thread.ofVirtual().name("holdfast-lease-renewal").unstarted(this::renew);
    ending = Thread.ofVirtual().name("holdfast-lease-end").unstarted(this::endOver);
  }

  /** Begins to keep leases in an epoch, by the clock of this machine. */
  public static LeaseKeeper start(Leases leases, String epoch, LeaseWatch watch) {
    return start(leases, epoch, new BootClock(), watch);
  }

  static LeaseKeeper start(Leases leases, String epoch, LongSupplier clock, LeaseWatch watch) {
    LeaseKeeper keeper = new LeaseKeeper(leases, epoch, clock, watch);
    keeper.renewing.start();
    keeper.ending.start();
    return keeper;
  }

  /** Somebody who wants to come in. */
  public record Wish(String user, String login, String from, boolean lenient) {}

  /** What comes of it. */
  public sealed interface Outcome {
    /** He comes in, and takes a slot until the connection is closed. */
    record Counted(CountedConnection connection) implements Outcome {}

    /** He comes in, and nothing limits him. */
    record Unlimited() implements Outcome {}

    /** He does not. */
    record Refused(LeaseRefusal why) implements Outcome {}
  }

  /** Why a connection was ended. */
  public enum Ending {
    /** Its lease could not be renewed in time. */
    LOST(
        "The cluster's auth service, which counts your connections, was not reached for too long,"
            + " so this one was ended; connect again when it is back."),
    /** Somebody had it ended. */
    REMOVED("This connection was ended by you or an administrator (holdfast admin leases rm)."),
    /** It is counted no more. */
    GONE("The cluster does not count this connection any more, so it was ended; connect again.");

    private final String sentence;

    Ending(String sentence) {
      this.sentence = sentence;
    }

    /** What the person is told. */
    public String sentence() {
      return sentence;
    }
  }

  // ---- coming in ----

  /**
   * Somebody wants to come in; waits for at most {@link #PATIENCE}.
   *
   * @param end ends his connection later, with a sentence; may not block
   */
  public Outcome enter(Wish wish, Consumer<String> end) throws InterruptedException {
    LeaseOrder order =
        new LeaseOrder(UUID.randomUUID().toString(), wish.user, epoch, wish.login, wish.from);
    long begun = clock.getAsLong();
    LeaseRefusal why = new LeaseRefusal.Unreachable();
    for (int attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      long sent = clock.getAsLong();
      long left = PATIENCE.toNanos() - (sent - begun);
      if (left <= 0) {
        break;
      }
      try {
        LeaseAnswer answer = Within.time(Duration.ofNanos(left), () -> leases.take(order));
        return outcome(answer, order, new Asked(wish.lenient, sent), end);
      } catch (BusyException e) {
        why = new LeaseRefusal.Busy();
      } catch (IOException e) {
        why = new LeaseRefusal.Unreachable();
        log.debug("no lease for {}: {}", wish.user, e.getMessage());
      }
      Thread.sleep(ThreadLocalRandom.current().nextLong(FIRST_PAUSE_MILLIS << attempt));
    }
    return unanswered(order, wish.lenient, why, end);
  }

  /** How, and when, a lease was asked for. */
  private record Asked(boolean lenient, long sentNanos) {}

  private Outcome outcome(LeaseAnswer answer, LeaseOrder order, Asked asked, Consumer<String> end) {
    return switch (answer) {
      case LeaseAnswer.Held(Duration timeout) -> {
        HeldLease lease =
            new HeldLease(order.id(), new LeaseTime(timeout), asked.lenient, asked.sentNanos);
        yield counted(order, lease, end);
      }
      case LeaseAnswer.Unlimited() -> new Outcome.Unlimited();
      case LeaseAnswer.Full(int max, int detached) ->
          refused(order, new LeaseRefusal.Limit(max, detached));
      case LeaseAnswer.Barred(String sentence) -> refused(order, new LeaseRefusal.Locked(sentence));
      case LeaseAnswer.Over() -> refused(order, new LeaseRefusal.Busy());
    };
  }

  private Outcome counted(LeaseOrder order, HeldLease lease, Consumer<String> end) {
    CountedConnection connection = new CountedConnection(this, order, lease, end);
    boolean room;
    synchronized (held) {
      room = held.add(lease);
      if (room) {
        connections.put(order.id(), connection);
      }
    }
    if (!room || !connection.admits()) {
      connection.close();
      return refused(order, new LeaseRefusal.Busy());
    }
    looks.release();
    return new Outcome.Counted(connection);
  }

  private Outcome unanswered(
      LeaseOrder order, boolean lenient, LeaseRefusal why, Consumer<String> end) {
    if (lenient) {
      watch.uncounted(order);
      LeaseTime time = new LeaseTime(LeaseTime.USUAL);
      long due = clock.getAsLong() - time.renewNanos();
      return counted(order, new HeldLease(order.id(), time, true, due), end);
    }
    // It may have been taken, and only the answer been lost.
    releases.add(order.id());
    return refused(order, why);
  }

  private Outcome refused(LeaseOrder order, LeaseRefusal why) {
    watch.refused(order, why);
    return new Outcome.Refused(why);
  }

  // ---- living ----

  boolean admits(CountedConnection connection) {
    return connection.lease().isValid(clock.getAsLong());
  }

  /** Something may have become of the leases: all are renewed now. */
  public void look() {
    look = true;
    looks.release();
  }

  /** Connections that are counted. */
  public int size() {
    synchronized (held) {
      return held.size();
    }
  }

  void ended(CountedConnection connection) {
    connection.lease().end();
    forget(connection.order().id());
    releases.add(connection.order().id());
  }

  private @Nullable CountedConnection forget(String id) {
    synchronized (held) {
      held.remove(id);
      return connections.remove(id);
    }
  }

  private void renew() {
    try {
      while (true) {
        List<LeaseRenewal> due = due();
        if (due.isEmpty()) {
          awaitLook();
        } else if (!renew(due)) {
          look = true;
          Thread.sleep(Duration.ofNanos(ThreadLocalRandom.current().nextLong(retryNanos()) + 1));
        }
      }
    } catch (InterruptedException e) {
      // The process ends.
    }
  }

  private List<LeaseRenewal> due() {
    boolean all = look;
    look = false;
    synchronized (held) {
      long now = clock.getAsLong();
      return all ? held.all(now) : held.due(now);
    }
  }

  private void awaitLook() throws InterruptedException {
    long wait;
    synchronized (held) {
      wait = held.untilDueNanos(clock.getAsLong(), LOOK.toNanos());
    }
    if (looks.tryAcquire(Math.max(wait, 0), TimeUnit.NANOSECONDS)) {
      looks.drainPermits();
    }
  }

  private long retryNanos() {
    synchronized (held) {
      return held.retryNanos(LOOK.toNanos());
    }
  }

  /** One call for all, or a few if they are very many; false if there was no answer. */
  private boolean renew(List<LeaseRenewal> due) throws InterruptedException {
    Duration patience = Duration.ofNanos(Math.min(4 * retryNanos(), PATIENCE.toNanos()));
    for (int from = 0; from < due.size(); from += Leases.MOST_AT_ONCE) {
      List<LeaseRenewal> some = due.subList(from, Math.min(due.size(), from + Leases.MOST_AT_ONCE));
      long sent = clock.getAsLong();
      try {
        Map<String, LeaseRenewal.State> states = Within.time(patience, () -> leases.renew(some));
        for (LeaseRenewal one : some) {
          LeaseRenewal.State state = states.getOrDefault(one.id(), LeaseRenewal.State.GONE);
          if (!renewed(one.id(), state, sent)) {
            return false;
          }
        }
      } catch (IOException e) {
        log.debug("leases are not renewed: {}", e.getMessage());
        return false;
      }
    }
    return true;
  }

  /** False if it is still not known what becomes of it. */
  private boolean renewed(String id, LeaseRenewal.State state, long sent)
      throws InterruptedException {
    CountedConnection connection;
    synchronized (held) {
      connection = connections.get(id);
    }
    if (connection == null) {
      return true;
    }
    return switch (state) {
      case HELD -> {
        connection.lease().renewed(sent);
        yield true;
      }
      case ENDING -> end(connection, Ending.REMOVED);
      case GONE ->
          connection.lease().isLenient() ? count(connection) : end(connection, Ending.GONE);
    };
  }

  /** One that came in, or stayed, while nobody could count is counted as soon as there is room. */
  private boolean count(CountedConnection connection) throws InterruptedException {
    long sent = clock.getAsLong();
    LeaseAnswer answer;
    try {
      answer = Within.time(PATIENCE, () -> leases.take(connection.order()));
    } catch (IOException e) {
      log.debug("a connection is not counted: {}", e.getMessage());
      return false;
    }
    return switch (answer) {
      case LeaseAnswer.Held held -> stays(connection, sent);
      case LeaseAnswer.Unlimited unlimited -> stays(connection, sent);
      case LeaseAnswer.Full full -> stays(connection, sent);
      case LeaseAnswer.Barred barred -> end(connection, Ending.GONE);
      case LeaseAnswer.Over over -> end(connection, Ending.GONE);
    };
  }

  private static boolean stays(CountedConnection connection, long sent) {
    connection.lease().renewed(sent);
    return true;
  }

  // ---- ending ----

  private void endOver() {
    try {
      while (true) {
        List<HeldLease> over;
        long wait;
        synchronized (held) {
          long now = clock.getAsLong();
          over = held.over(now);
          wait = held.untilOverNanos(now, LOOK.dividedBy(4).toNanos());
        }
        over.forEach(one -> end(one.id(), Ending.LOST));
        if (over.isEmpty()) {
          Thread.sleep(Duration.ofNanos(Math.max(wait, 1)));
        }
      }
    } catch (InterruptedException e) {
      // The process ends.
    }
  }

  private boolean end(CountedConnection connection, Ending why) {
    connection.lease().end();
    end(connection.order().id(), why);
    return true;
  }

  private void end(String id, Ending why) {
    CountedConnection connection = forget(id);
    if (connection != null) {
      watch.ended(connection.order(), why);
      connection.end(why.sentence());
    }
  }

  /** Releases what is held, as far as that can be done soon. */
  @Override
  public void close() {
    renewing.interrupt();
    ending.interrupt();
    List<CountedConnection> all;
    synchronized (held) {
      all = new ArrayList<>(connections.values());
    }
    all.forEach(CountedConnection::close);
    releases.close();
  }
}

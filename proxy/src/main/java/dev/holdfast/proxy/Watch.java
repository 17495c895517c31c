package dev.holdfast.proxy;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * What goes through a proxy at the moment: each is decided about anew when its time has come, and
 * at once when the cluster says that something changed, and ends where it may no longer be.
 * Thread-safe.
 */
final class Watch {
  private final Judge cluster;
  private final ProxyLog log;
  private final Set<Way> ways = ConcurrentHashMap.newKeySet();

  Watch(Judge cluster, ProxyLog log) {
    this.cluster = cluster;
    this.log = log;
  }

  /** Something that goes through, for as long as its wish is granted. */
  final class Way implements Closeable {
    private final Judge.Wish wish;
    private final String connection;
    private final Carried carried;
    private volatile long dueAt;

    private Way(Judge.Wish wish, String connection, Carried carried, long dueAt) {
      this.wish = wish;
      this.connection = connection;
      this.carried = carried;
      this.dueAt = dueAt;
    }

    /** It has ended by itself. */
    @Override
    public void close() {
      ways.remove(this);
    }

    private void end(String why) {
      log.say(
          ProxyLog.Weight.NEWS,
          "ended",
          "%s may no longer reach %s: %s".formatted(wish.user(), wish.node().name(), why));
      stop(why);
    }

    private void stop(String why) {
      ways.remove(this);
      try {
        carried.end(why);
      } catch (IOException e) {
        // It is gone already.
      }
    }
  }

  /** What goes through. */
  @FunctionalInterface
  interface Carried {
    /**
     * Ends it.
     *
     * @param why a sentence for whoever it is, where he can be told
     */
    void end(String why) throws IOException;
  }

  /**
   * Watches over {@code carried}.
   *
   * @param connection the SSH connection that it is part of; empty if it is of none
   * @param within when it is to be decided about for the first time
   */
  Way over(Judge.Wish wish, String connection, Carried carried, Duration within) {
    Way way = new Way(wish, connection, carried, System.nanoTime() + within.toNanos());
    ways.add(way);
    return way;
  }

  /** Whether something goes through on that SSH connection. */
  boolean has(String connection) {
    return ways.stream().anyMatch(way -> way.connection.equals(connection));
  }

  int size() {
    return ways.size();
  }

  /** Ends what is of no SSH connection, and so can come back by itself through another proxy. */
  void sendAway() {
    ways.stream().filter(way -> way.connection.isEmpty()).forEach(way -> way.stop(""));
  }

  /** Ends all of it. */
  void endAll(String why) {
    ways.forEach(way -> way.stop(why));
  }

  /** Decides about those whose time has come, and those that {@code now} accepts. */
  void look(Duration pause, Predicate<Judge.Wish> now) {
    long time = System.nanoTime();
    for (Way way : ways) {
      if (now.test(way.wish) || time - way.dueAt >= 0) {
        switch (cluster.decide(way.wish)) {
          case Judge.Verdict.Allowed _ -> way.dueAt = time + pause.toNanos();
          case Judge.Verdict.Denied(String why) ->
              way.end(why.isEmpty() ? "the cluster says so" : why);
          case Judge.Verdict.Unanswered _ -> {
            // It goes on for now: that nobody can be asked must not end what was allowed.
          }
        }
      }
    }
  }
}

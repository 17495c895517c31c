package dev.holdfast.proxy;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

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
    private final Closeable carried;
    private volatile long dueAt;

    private Way(Judge.Wish wish, Closeable carried, long dueAt) {
      this.wish = wish;
      this.carried = carried;
      this.dueAt = dueAt;
    }

    /** It has ended by itself. */
    @Override
    public void close() {
      ways.remove(this);
    }

    private void end(String why) {
      ways.remove(this);
      log.say(
          ProxyLog.Weight.NEWS,
          "ended",
          "%s may no longer reach %s: %s".formatted(wish.user(), wish.node().name(), why));
      try {
        carried.close();
      } catch (IOException e) {
        // It is gone already.
      }
    }
  }

  /**
   * Watches over {@code carried}.
   *
   * @param within when it is to be decided about for the first time
   */
  Way over(Judge.Wish wish, Closeable carried, Duration within) {
    Way way = new Way(wish, carried, System.nanoTime() + within.toNanos());
    ways.add(way);
    return way;
  }

  int size() {
    return ways.size();
  }

  /** Decides about those whose time has come; about all if {@code now}. */
  void look(Duration pause, boolean now) {
    long time = System.nanoTime();
    for (Way way : ways) {
      if (now || time - way.dueAt >= 0) {
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

  /** Ends all of it. */
  void endAll() {
    for (Way way : ways) {
      way.end("the proxy ends");
    }
  }
}

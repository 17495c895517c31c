package dev.holdfast.link;

import dev.holdfast.stream.End;
import dev.holdfast.stream.LinkV2;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a client's stream on a live link: notices that one is lost or silent, races new
 * connections, and takes the stream up over the first that answers. Guarded by the stream's lock;
 * works on its loop.
 *
 * <p>A silent link is not given up before another connection is up: it may only be slow. If it
 * speaks meanwhile, the race is off.
 */
final class Reconnector implements ResumableStream.Keeper, Comeback.Verdict {
  /** For this long after a suspicion that proved wrong the path is taken for a slow one. */
  private static final long HASTY = 30_000_000_000L;

  private static final int MOST_LENIENT = 16;

  /**
   * So often in a row a server has to say that it no longer has the stream: once may be the answer
   * to a hello, or an answer, that was damaged on its way. It costs a round trip.
   */
  private static final int CERTAIN = 2;

  /** Attempts count from 0. */
  private static final int NONE = -1;

  private final Destination to;
  private final List<Destination> ways;
  private final Dialer dialer;
  private final @Nullable Duration limit;
  private final Consumer<ClientEvent> events;
  private final Map<Integer, Dial> dials = new HashMap<>();
  private @Nullable ResumableStream stream;
  private @Nullable Comeback comeback;
  private NetworkWatch.@Nullable Listening listening;
  private @Nullable RetryPlan plan;
  private Loop.@Nullable Timer timer;
  private Duration patience = Duration.ofMinutes(1);
  private long troubleSince;
  private long openingSince;
  private int openingAttempt = NONE;
  private long lastRtt;
  private int attempts;
  private int leniency = 1;
  private long wrongAt = -HASTY;
  private boolean isSuspicion;
  private int denials;
  private @Nullable String goneBecause;
  private boolean opened;
  private boolean busy;

  /**
   * A keeper for one stream.
   *
   * @param to the server
   * @param ways what is dialled, in turn: the server itself, or proxies on the way to it
   * @param limit how long to try at most; null for as long as the server keeps the stream
   */
  Reconnector(
      Destination to,
      List<Destination> ways,
      Dialer dialer,
      @Nullable Duration limit,
      Consumer<ClientEvent> events) {
    this.to = to;
    this.ways = List.copyOf(ways);
    this.dialer = dialer;
    this.limit = limit;
    this.events = events;
  }

  /** Begins to keep {@code kept}; lock held. */
  void keep(ResumableStream kept, Comeback way, NetworkWatch watch) {
    stream = kept;
    comeback = way;
    listening =
        watch.listen(change -> kept.loop.execute(() -> kept.locked(() -> networkChanged(change))));
  }

  private ResumableStream stream() {
    return java.util.Objects.requireNonNull(stream);
  }

  // ---- trouble ----

  @Override
  public void lost(String why) {
    long now = Loop.now();
    if (goneBecause != null || !opened) {
      end(goneBecause == null ? why : goneBecause);
      return;
    }
    if (plan == null) {
      troubleSince = now;
      begin(now);
      events.accept(new ClientEvent.Lost(why));
    } else if (openingAttempt != NONE) {
      events.accept(new ClientEvent.Failed(openingAttempt, why));
      plan.ended(openingAttempt, busy ? RetryPlan.Outcome.BUSY : RetryPlan.Outcome.SILENT, now);
      openingAttempt = NONE;
      busy = false;
    } else {
      events.accept(new ClientEvent.Lost(why));
    }
    step();
  }

  @Override
  public void suspect() {
    if (plan != null) {
      return;
    }
    race();
    isSuspicion = plan != null;
  }

  /** The peer spoke after all: the next links have more patience with it, for a while. */
  private void wasWrong(long now) {
    leniency = Math.min(MOST_LENIENT, 2 * leniencyAt(now));
    wrongAt = now;
  }

  private int leniencyAt(long now) {
    return now - wrongAt < HASTY ? leniency : 1;
  }

  /** Tries another connection beside the one that may be dead. */
  private void race() {
    troubleSince = Loop.now();
    begin(troubleSince);
    events.accept(new ClientEvent.Suspected());
    step();
  }

  private void begin(long now) {
    attempts = 0;
    LinkConnection connection = stream().connection();
    long rtt = connection == null ? lastRtt : connection.rttNanos();
    Duration most = limit == null || patience.compareTo(limit) < 0 ? patience : limit;
    plan = new RetryPlan(now, Duration.ofNanos(rtt), most, new Random());
  }

  private void networkChanged(NetworkWatch.Change change) {
    if (stream().isOver()) {
      return;
    }
    events.accept(
        new ClientEvent.NetworkChanged(
            switch (change) {
              case WOKE -> "this machine woke";
              case ADDRESSES -> "the network changed";
              case ASKED -> "asked to try another connection";
            }));
    LinkConnection connection = stream().connection();
    if (connection != null && !connection.isOpening()) {
      check(connection);
    }
    if (plan == null && connection != null && connection.equals(stream().connection())) {
      connection.doubt();
      race();
    } else if (plan != null) {
      plan.changed(Loop.now());
      step();
    }
  }

  /** A link whose own address is gone is dead; any other has to show that it lives. */
  private void check(LinkConnection connection) {
    try {
      if (connection.channel().getLocalAddress() instanceof InetSocketAddress local
          && !NetworkWatch.isLocal(local.getAddress())) {
        connection.fail("the address " + local.getAddress().getHostAddress() + " is gone");
        return;
      }
    } catch (IOException e) {
      connection.fail("it is closed");
      return;
    }
    if (connection.link() instanceof LinkV2 link) {
      link.probe(Loop.now());
      stream().flush();
    }
  }

  // ---- the race ----

  /** Does what the plan says until it says to wait. */
  private void step() {
    RetryPlan current = plan;
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    if (current == null || stream().isOver()) {
      return;
    }
    if (linkIsFine()) {
      if (isSuspicion) {
        wasWrong(Loop.now());
      }
      calm();
      events.accept(new ClientEvent.Recovered());
      return;
    }
    while (plan == current) {
      switch (current.next(Loop.now())) {
        case RetryPlan.Step.Start start -> dial(start);
        case RetryPlan.Step.End end -> endDial(end.attempt());
        case RetryPlan.Step.Wait wait -> {
          timer = stream().loop.at(wait.untilNanos(), () -> stream().locked(this::step));
          return;
        }
        case RetryPlan.Step.GiveUp giveUp -> {
          end(
              "No link to %s for %s: given up."
                  .formatted(to, GateEvent.words(Duration.ofNanos(Loop.now() - troubleSince))));
          return;
        }
      }
    }
  }

  private boolean linkIsFine() {
    LinkConnection connection = stream().connection();
    return connection != null && !connection.isOpening() && !connection.isSuspected();
  }

  private void dial(RetryPlan.Step.Start start) {
    Destination way = ways.get(attempts % ways.size());
    attempts++;
    Dial dial = dialer.dial(way, start.life());
    dials.put(start.attempt(), dial);
    Loop loop = stream().loop;
    Thread.ofVirtual()
        .name("dial")
        .start(() -> {
          try {
            SocketChannel channel = dial.connect();
            loop.give(channel, () -> stream().locked(() -> connected(start.attempt(), channel)));
          } catch (DialException e) {
            loop.execute(() -> stream().locked(() -> failed(start.attempt(), e.failure())));
          }
        });
  }

  private void endDial(int attempt) {
    Dial dial = dials.remove(attempt);
    if (dial != null) {
      dial.close();
    }
  }

  private void failed(int attempt, DialFailure why) {
    if (dials.remove(attempt) == null || plan == null) {
      return;
    }
    if (!(why instanceof DialFailure.Cancelled)) {
      events.accept(new ClientEvent.Failed(attempt, why.text()));
    }
    plan.ended(attempt, RetryPlan.Outcome.of(why), Loop.now());
    step();
  }

  private void connected(int attempt, SocketChannel channel) {
    long now = Loop.now();
    dials.remove(attempt);
    if (plan == null || stream().isOver() || linkIsFine()) {
      Loop.closeQuietly(channel);
      step();
      return;
    }
    LinkConnection current = stream().connection();
    boolean isHeld =
        current != null && current.isOpening() && now - openingSince < plan.hold().toNanos();
    if (isHeld) {
      Loop.closeQuietly(channel);
      plan.ended(attempt, RetryPlan.Outcome.SILENT, now);
    } else {
      if (openingAttempt != NONE) {
        plan.overtaken(openingAttempt, now);
      }
      plan.connected(attempt, now);
      takeUp(attempt, channel, now);
    }
    step();
  }

  private void takeUp(int attempt, SocketChannel channel, long now) {
    LinkConnection former = stream().connection();
    if (former != null && former.rttNanos() > 0) {
      lastRtt = former.rttNanos();
    }
    openingSince = now;
    openingAttempt = attempt;
    Comeback.Attempt next =
        java.util.Objects.requireNonNull(comeback).begin(this, leniencyAt(now), now);
    stream().carry(channel, next.first(), next.opening(), ByteBuffer.allocate(0));
  }

  // ---- the server's verdict ----

  @Override
  public void accepted(Duration serverPatience) {
    denials = 0;
    patience = serverPatience;
    opened = true;
    if (plan != null) {
      Duration after = Duration.ofNanos(Loop.now() - troubleSince);
      int needed = attempts;
      calm();
      events.accept(new ClientEvent.Resumed(after, needed));
    }
  }

  @Override
  public void later(String why) {
    busy = true;
  }

  @Override
  public void gone(String why) {
    if (++denials == CERTAIN || !opened) {
      goneBecause = why;
    }
  }

  /** No trouble any more. */
  private void calm() {
    plan = null;
    isSuspicion = false;
    openingAttempt = NONE;
    busy = false;
    dials.values().forEach(Dial::close);
    dials.clear();
  }

  // ---- the end ----

  /** There is no way back. If both sides had said everything, that is a good end all the same. */
  private void end(String why) {
    calm();
    stream().reset(new End(End.Reason.CLOSED, why));
  }

  @Override
  public void over(@Nullable End early) {
    calm();
    if (timer != null) {
      timer.cancel();
    }
    if (listening != null) {
      listening.close();
    }
    if (early != null) {
      events.accept(new ClientEvent.Ended(early.text()));
    }
  }
}

package dev.holdfast.client;

import dev.holdfast.link.ClientEvent;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** What the links to a server have lived through since it was connected to. Thread-safe. */
final class LinkLog implements Consumer<ClientEvent> {
  private final LongSupplier clock;
  private final long begin;
  private int version;
  private int resumed;
  private long longestNanos;
  private long lastNanos;
  private boolean away;
  private long awaySince;
  private volatile Runnable waker = () -> {};
  private volatile long roundTripNanos;

  /** One that begins now; {@code clock} counts nanoseconds. */
  LinkLog(LongSupplier clock) {
    this.clock = clock;
    begin = clock.getAsLong();
  }

  /** Has {@code waker}, which must not block, called whenever something has happened. */
  void wake(Runnable waker) {
    this.waker = waker;
  }

  @Override
  public void accept(ClientEvent event) {
    note(event);
    waker.run();
  }

  private synchronized void note(ClientEvent event) {
    switch (event) {
      case ClientEvent.Connected it -> version = it.version();
      case ClientEvent.Lost it -> gone();
      case ClientEvent.Suspected it -> gone();
      case ClientEvent.Recovered it -> away = false;
      case ClientEvent.Resumed it -> {
        away = false;
        resumed++;
        lastNanos = clock.getAsLong();
        longestNanos = Math.max(longestNanos, it.after().toNanos());
      }
      case ClientEvent.Ended it -> away = false;
      case ClientEvent.Failed it -> {}
      case ClientEvent.NetworkChanged it -> {}
    }
  }

  private void gone() {
    if (!away) {
      away = true;
      awaySince = clock.getAsLong();
    }
  }

  /** How long an answer takes now, smoothed. */
  void roundTrip(long nanos) {
    roundTripNanos = nanos;
  }

  /** For how long there has been no link, or a silent one; negative if there is one. */
  synchronized long awayNanos() {
    return away ? clock.getAsLong() - awaySince : -1;
  }

  /** How the links are, in a sentence or two. */
  synchronized String text() {
    long now = clock.getAsLong();
    StringBuilder text = new StringBuilder();
    if (away) {
      text.append("The link has been away for ").append(words(now - awaySince));
      text.append("; it comes back by itself.");
    } else {
      text.append("The link is up.");
    }
    text.append(" Connected for ").append(words(now - begin)).append(", ");
    if (version == 0) {
      text.append("without resumption.");
    } else if (resumed == 0) {
      text.append("with resume v").append(version).append(", never interrupted.");
    } else {
      text.append("with resume v").append(version).append(", resumed ");
      text.append(resumed == 1 ? "once" : resumed + " times");
      text.append(", last ").append(words(now - lastNanos)).append(" ago; the longest took ");
      text.append(words(longestNanos)).append('.');
    }
    if (roundTripNanos > 0) {
      text.append(" Round trip ").append(Math.max(1, roundTripNanos / 1_000_000)).append(" ms.");
    }
    return text.toString();
  }

  /** A time as people say it. */
  static String words(long nanos) {
    Duration time = Duration.ofNanos(nanos);
    if (time.toSeconds() < 1) {
      return time.toMillis() + " ms";
    }
    if (time.toMinutes() < 2) {
      return time.toSeconds() + " s";
    }
    return time.toHours() < 2 ? time.toMinutes() + " min" : time.toHours() + " h";
  }
}

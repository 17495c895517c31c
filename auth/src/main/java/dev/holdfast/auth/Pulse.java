package dev.holdfast.auth;

import dev.holdfast.access.Change;
import dev.holdfast.access.NodeRecord;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a member does again and again: it says that it lives, learns which authorities are believed,
 * and has its certificate renewed when a third of its time is left. Thread-safe.
 */
final class Pulse implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Pulse.class);

  /** Time between two attempts to renew that fail. */
  private static final Duration AGAIN = Duration.ofSeconds(30);

  private final Membership membership;
  private final LongSupplier pause;
  private final Semaphore due = new Semaphore(1);
  private final Thread thread;
  private Instant renewal = Instant.MIN;
  private boolean reached = true;
  private boolean member = true;
  private volatile Health health = Health.STARTING;

  private Pulse(Membership membership, LongSupplier pause) {
    this.membership = membership;
    this.pause = pause;
    thread = Thread.ofVirtual().name("holdfast-pulse").unstarted(this::run);
  }

  static Pulse start(Membership membership) {
    return start(membership, Pulse::jittered);
  }

  /**
   * @param pause the time until the next beat in milliseconds
   */
  static Pulse start(Membership membership, LongSupplier pause) {
    Pulse pulse = new Pulse(membership, pause);
    pulse.thread.start();
    return pulse;
  }

  Health health() {
    return health;
  }

  /** Authorities may be others now. */
  void renewSoon() {
    due.release();
  }

  private void run() {
    try {
      while (true) {
        boolean learn = due.drainPermits() > 0;
        try {
          membership.beat();
          if (learn && membership.learn()) {
            renewal = Instant.MIN;
          }
          renew();
          member = true;
          said(true, "");
        } catch (NoMemberException e) {
          removed(e);
        } catch (IOException e) {
          said(false, String.valueOf(e.getMessage()));
          if (learn) {
            due.release();
          }
        } catch (RuntimeException e) {
          log.error("The machine's care for its cluster failed.", e);
        }
        if (due.tryAcquire(pause.getAsLong(), TimeUnit.MILLISECONDS)) {
          due.release();
          if (!reached) {
            Thread.sleep(pause.getAsLong());
          }
        }
      }
    } catch (InterruptedException e) {
      // The membership is closed.
    }
  }

  /** Jitter, so that a thousand machines do not speak at one moment. */
  private static long jittered() {
    long most = NodeRecord.HEARTBEAT.toMillis();
    return ThreadLocalRandom.current().nextLong(most / 2, most + 1);
  }

  private void renew() throws IOException {
    Instant now = Instant.now();
    if (now.isBefore(renewal)) {
      return;
    }
    renewal = now.plus(AGAIN);
    Instant end = membership.certify().validBefore();
    renewal = now.plus(Duration.between(now, end).multipliedBy(2).dividedBy(3));
    log.debug("the host key of {} is certified until {}", membership.name(), end);
  }

  /** The connection may have ended before it was told. */
  private void removed(NoMemberException e) {
    if (member) {
      membership.tell(new Change.NodeRemoved(membership.id(), membership.name()));
    }
    member = false;
    said(false, String.valueOf(e.getMessage()));
  }

  private void said(boolean reachedNow, String why) {
    health = health.next(reachedNow);
    if (reachedNow != reached) {
      if (reachedNow) {
        log.info("the cluster {} is reached again", membership.clusterName());
      } else {
        log.warn("the cluster {} is not reached: {}", membership.clusterName(), why);
      }
    }
    reached = reachedNow;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}

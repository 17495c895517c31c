package dev.holdfast.auth;

import dev.holdfast.auth.Provider.Code;
import dev.holdfast.auth.Provider.Progress;
import dev.holdfast.ssh.Dialogue;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logging in by confirming a code at the identity provider (RFC 8628): the code is shown to whoever
 * wants to log in, and he is waited for. Thread-safe.
 */
final class DeviceLogin implements AutoCloseable {
  /** People who are waited for at a time. */
  static final int MOST_WAITING = 64;

  /** For one to confirm his code. */
  static final Duration PATIENCE = Duration.ofMinutes(5);

  /** For one to log in, from his connection on. */
  static final Duration GRACE = PATIENCE.plusMinutes(1);

  /** By which the time between two questions grows when we ask too often (RFC 8628 3.5). */
  static final Duration SLOWER = Duration.ofSeconds(5);

  /** Between two questions. */
  static final Duration LONGEST_INTERVAL = Duration.ofMinutes(1);

  /** Questions in a row that the provider does not answer. */
  static final int MOST_FAILURES = 3;

  private static final Logger log = LoggerFactory.getLogger(DeviceLogin.class);

  private final Provider provider;
  private final Waiting waiting;
  private final Semaphore places = new Semaphore(MOST_WAITING);

  DeviceLogin(Provider provider, Waiting waiting) {
    this.provider = provider;
    this.waiting = waiting;
  }

  /** How time passes; an edge. */
  interface Waiting {
    /** That of the machine. */
    Waiting REAL =
        new Waiting() {
          @Override
          public long nanos() {
            return System.nanoTime();
          }

          @Override
          public void sleep(Duration time) throws InterruptedException {
            Thread.sleep(time);
          }
        };

    long nanos();

    void sleep(Duration time) throws InterruptedException;
  }

  /** What came of it. */
  sealed interface Outcome {
    /** The provider says who he is. */
    record Known(IdToken who) implements Outcome {}

    /** It does not. */
    record Unknown(String sentence) implements Outcome {}
  }

  /**
   * Shows a code and waits until somebody has confirmed it.
   *
   * @throws IOException if whoever wanted to log in is gone
   */
  Outcome ask(Dialogue dialogue) throws IOException {
    if (!places.tryAcquire()) {
      return new Outcome.Unknown(
          "Too many people are logging in by the identity provider now; try again soon.");
    }
    try {
      return await(dialogue);
    } finally {
      places.release();
    }
  }

  private Outcome await(Dialogue dialogue) throws IOException {
    Code code;
    try {
      code = provider.code();
    } catch (IOException e) {
      return away(e);
    }
    long begun = waiting.nanos();
    dialogue.ask("", "", List.of(new Dialogue.Question(question(code), true)));
    long nanos = Math.min(code.expires().toNanos(), PATIENCE.toNanos());
    return await(code, begun + nanos, dialogue);
  }

  private static String question(Code code) {
    return code.complete()
        .map(uri ->
            "Open %s and confirm the code %s there, then press Enter: ".formatted(uri, code.user()))
        .orElseGet(() ->
            "Open %s and enter the code %s there, then press Enter: "
                .formatted(code.uri(), code.user()));
  }

  private Outcome await(Code code, long endNanos, Dialogue dialogue) throws IOException {
    Duration interval = shorter(code.interval());
    int failures = 0;
    while (!dialogue.isOver()) {
      try {
        switch (provider.progress(code)) {
          case Progress.Confirmed(IdToken by) -> {
            return new Outcome.Known(by);
          }
          case Progress.Denied() -> {
            return new Outcome.Unknown(
                "The log-in was denied at the identity provider; log in again if it should not"
                    + " have been.");
          }
          case Progress.Expired() -> {
            return expired();
          }
          case Progress.SlowDown() -> interval = shorter(interval.plus(SLOWER));
          case Progress.Pending() -> {}
        }
        failures = 0;
      } catch (UnbelievableTokenException e) {
        log.error("An ID token of the identity provider is not believed: {}.", e.getMessage());
        return new Outcome.Unknown(
            "What the identity provider says can't be believed, so nobody is let in; tell whoever"
                + " administers the cluster.");
      } catch (IOException e) {
        if (++failures == MOST_FAILURES) {
          return away(e);
        }
        interval = shorter(interval.multipliedBy(2));
      }
      if (endNanos - waiting.nanos() < interval.toNanos()) {
        return expired();
      }
      sleep(interval);
    }
    throw new IOException("nobody waits any more");
  }

  private static Duration shorter(Duration interval) {
    return interval.compareTo(LONGEST_INTERVAL) < 0 ? interval : LONGEST_INTERVAL;
  }

  private static Outcome expired() {
    return new Outcome.Unknown("Nobody confirmed the code in time; log in again for another one.");
  }

  private static Outcome away(IOException e) {
    log.warn("The identity provider can't be used: {}.", e.getMessage());
    return new Outcome.Unknown(
        "The cluster's identity provider can't be used now; log in by a key, or try again soon.");
  }

  private void sleep(Duration interval) throws IOException {
    try {
      waiting.sleep(interval);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the provider");
    }
  }

  @Override
  public void close() {
    provider.close();
  }
}

package dev.holdfast.cli;

import dev.holdfast.link.Signals;
import dev.holdfast.link.StreamClient;
import dev.holdfast.link.UnsupportedHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The end of {@code connect}: whatever ends this process, the server is told, so that no session is
 * left behind there; and nobody waits for us meanwhile, since standard input, output and error are
 * let go of first.
 */
final class Goodbye {
  /** How long that may take over a live link. */
  static final Duration WITH_LINK = Duration.ofSeconds(10);

  /** How long, in all, while the link is away. */
  static final Duration WITHOUT_LINK = Duration.ofMinutes(2);

  private static final Duration TURN = Duration.ofMillis(200);

  private final StreamClient.Connection connection;
  private final LinkStatus status;
  private final StandardStreams streams;
  private final AtomicBoolean leaving;

  /** The goodbye to {@code connection}; sets {@code leaving} when it begins. */
  Goodbye(
      StreamClient.Connection connection,
      LinkStatus status,
      StandardStreams streams,
      AtomicBoolean leaving) {
    this.connection = connection;
    this.status = status;
    this.streams = streams;
    this.leaving = leaving;
  }

  /** Says it when this process ends, by a signal or by itself. */
  void onExit() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::say));
  }

  /** The program that talked through us is gone: ends this process. */
  void leave() {
    leaving.set(true);
    System.exit(Failures.FAILED);
  }

  private void say() {
    leaving.set(true);
    status.close();
    streams.close();
    connection.duplex().close();
    try {
      if (!connection.ending().await(TURN.toNanos())) {
        endAtSecondSignal();
        linger();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void linger() throws InterruptedException {
    long withLink = WITH_LINK.toNanos();
    long all = WITHOUT_LINK.toNanos();
    while (withLink > 0 && all > 0 && !connection.ending().await(TURN.toNanos())) {
      all -= TURN.toNanos();
      withLink -= status.isAway() ? 0 : TURN.toNanos();
    }
  }

  private static void endAtSecondSignal() {
    try {
      for (Signals.Kind kind : Signals.Kind.values()) {
        Signals.on(kind, () -> Runtime.getRuntime().halt(Failures.FAILED));
      }
    } catch (UnsupportedHostException e) {
      // It takes its time then.
    }
  }
}

package dev.holdfast.ssh;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;

/**
 * Says when a connection is due for new keys: after so many bytes, both directions together, since
 * the last exchange.
 *
 * <p>MINA has triggers of its own, but fires them from whichever thread happens to write. Its
 * KEXINIT is then on the wire before its own side is ready for the answer, and when the peer's
 * re-key crosses it the connection breaks. So they are switched off ({@link Settings}), and the
 * thread that reads asks this meter between two reads: what it starts there is complete before it
 * reads what the peer says next. A side that only sends still reads the peer's window adjustments.
 *
 * <p>Thread-safe.
 */
final class RekeyMeter {
  /**
   * RFC 4253 9 recommends new keys after a gigabyte. It also keeps packet numbers far from 2^31
   * (RFC 4344 3.1), as no packet is smaller than 16 bytes.
   */
  static final long DEFAULT_LIMIT = 1L << 30;

  /** Tells the meter of each connection when new keys are in use. */
  static final SessionListener RESTARTER =
      new SessionListener() {
        @Override
        public void sessionEvent(Session session, Event event) {
          if (event == Event.KeyEstablished) {
            ((StreamIoSession) session.getIoSession()).rekey().restart();
          }
        }
      };

  private final long limit;
  private final long mostNanos;
  private final AtomicLong bytes = new AtomicLong();
  private volatile long begun = System.nanoTime();

  /**
   * A meter that is due once more than {@code limit} bytes were carried.
   *
   * @param limit bytes, positive
   */
  RekeyMeter(long limit) {
    this(new RekeyLimit(limit, Duration.ZERO));
  }

  /** The same that is also due after a time, if one is set. */
  RekeyMeter(RekeyLimit limit) {
    if (limit.bytes() <= 0) {
      throw new IllegalArgumentException("limit " + limit);
    }
    this.limit = limit.bytes();
    mostNanos = limit.time().isZero() ? Long.MAX_VALUE : limit.time().toNanos();
  }

  void carried(int count) {
    bytes.addAndGet(count);
  }

  boolean isDue() {
    return bytes.get() > limit || System.nanoTime() - begun > mostNanos;
  }

  /** Counts from zero: new keys are in use, whichever side asked for them, or being agreed on. */
  void restart() {
    bytes.set(0);
    begun = System.nanoTime();
  }
}

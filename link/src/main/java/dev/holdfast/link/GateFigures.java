package dev.holdfast.link;

import java.util.concurrent.atomic.AtomicLong;

/** What a gate counts since it started. Thread-safe. */
public final class GateFigures {
  final AtomicLong accepted = new AtomicLong();
  final AtomicLong joined = new AtomicLong();
  final AtomicLong opened = new AtomicLong();
  final AtomicLong resumed = new AtomicLong();
  final AtomicLong refused = new AtomicLong();
  final AtomicLong evicted = new AtomicLong();
  final AtomicLong unreachable = new AtomicLong();
  final AtomicLong passed = new AtomicLong();

  /** One moment's values. */
  public record Values(
      long accepted,
      long joined,
      long opened,
      long resumed,
      long refused,
      long evicted,
      long unreachable,
      long arriving,
      long streams,
      long detached,
      long splices,
      long bytesLent,
      long passed) {}
}

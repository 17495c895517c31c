package dev.holdfast.access;

import java.time.Duration;

/** What comes of asking for a lease. */
public sealed interface LeaseAnswer {
  /**
   * It is held.
   *
   * @param timeout from before the question was sent: for so long it is valid, if it is not renewed
   */
  record Held(Duration timeout) implements LeaseAnswer {}

  /** The user's roles limit nothing: no lease is wanted. */
  record Unlimited() implements LeaseAnswer {}

  /**
   * All that he may have are taken.
   *
   * @param max how many he may have
   * @param detached how many of them wait for their client, and could be evicted by him
   */
  record Full(int max, int detached) implements LeaseAnswer {}

  /** The user is locked, or is none any more. */
  record Barred(String sentence) implements LeaseAnswer {}

  /** This connection has released its lease already, or was ended. */
  record Over() implements LeaseAnswer {}
}

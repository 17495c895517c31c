package dev.holdfast.access;

import java.time.Instant;

/** Whose key or certificate was shown. */
public sealed interface Identity {
  /**
   * A user's certificate, of an authority of the cluster's and in its time.
   *
   * @param serial of the certificate; 0 for a key that is registered for him
   * @param validBefore when it ends
   */
  record Person(User user, long serial, Instant validBefore) implements Identity {}

  /** The key of a machine that has joined. */
  record Machine(NodeRecord node) implements Identity {}

  /**
   * Nobody's who may come in.
   *
   * @param sentence why, for the log and the audit event
   */
  record Nobody(String sentence) implements Identity {}
}

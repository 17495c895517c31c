package dev.holdfast.access;

import java.util.Locale;

/**
 * Why somebody who is logged in gets no lease. Each has a sentence, a figure and an audit event of
 * its own, for what is to be done about it is different.
 */
public sealed interface LeaseRefusal {
  /** All connections that his roles allow are open. */
  record Limit(int max, int detached) implements LeaseRefusal {
    @Override
    public String sentence() {
      String what =
          max == 0
              ? "Your roles allow no connections at all; ask an administrator."
              : "You have as many connections open as your roles allow (%d); end one and try again."
                  .formatted(max);
      return detached == 0
          ? what
          : what
              + " %d of them wait%s for a client that is gone: see 'holdfast admin leases ls'."
                  .formatted(detached, detached == 1 ? "s" : "");
    }
  }

  /** The service that counts is not reached. */
  record Unreachable() implements LeaseRefusal {
    @Override
    public String sentence() {
      return "Your roles limit connections, and the cluster's auth service, which counts them, is"
          + " not reached; try again soon.";
    }
  }

  /** The service is reached, but its store can't do it now. */
  record Busy() implements LeaseRefusal {
    @Override
    public String sentence() {
      return "Your roles limit connections, and the cluster's database is too busy to count them;"
          + " try again in a moment.";
    }
  }

  /** The user is locked. */
  record Locked(String sentence) implements LeaseRefusal {}

  /** What the person is told. */
  String sentence();

  /** The one word for figures and audit events. */
  default String reason() {
    return getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }
}

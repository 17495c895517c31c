package dev.holdfast.node;

import dev.holdfast.access.LeaseOrder;
import dev.holdfast.access.LeaseRefusal;

/**
 * Is told what a {@link LeaseKeeper} did that people will ask about. May not block. Thread-safe.
 */
public interface LeaseWatch {
  /** Somebody who had logged in was not let in. */
  void refused(LeaseOrder order, LeaseRefusal why);

  /** A live connection was ended. */
  void ended(LeaseOrder order, LeaseKeeper.Ending why);

  /** Somebody was let in uncounted, or stays so, because nobody could count. */
  void uncounted(LeaseOrder order);
}

package dev.holdfast.e2e;

/** How a {@link CuttingRelay} is silent, and what its connections are worth afterwards. */
enum Silence {
  /**
   * The network stalls: nothing passes, and once healed all connections go on where they were, new
   * ones too.
   */
  STALLED,
  /**
   * A NAT box forgot: present and new connections swallow all that is sent, for ever; those after
   * healing work.
   */
  FORGOTTEN,
  /** As {@link #FORGOTTEN} for the present connections; new ones are refused until healed. */
  REFUSING
}

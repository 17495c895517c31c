package dev.holdfast.link;

/** What knows of changes of this machine's network. Confined to the thread of the watch. */
sealed interface ChangeSource extends AutoCloseable permits Netlink, InterfacePoll {
  /** What came of a wait. */
  enum Signal {
    /** Nothing has changed. */
    QUIET,
    /** Addresses or routes have changed. */
    CHANGED,
    /** This source knows nothing any more; another one has to take its place. */
    BROKEN
  }

  /** Waits for a change, or about a second. */
  Signal await();

  @Override
  void close();
}

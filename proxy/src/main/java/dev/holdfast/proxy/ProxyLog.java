package dev.holdfast.proxy;

/**
 * Hears what happens in a proxy, or at a node's end of its tunnels. Thread-safe, does not block.
 */
@FunctionalInterface
public interface ProxyLog {
  /** Tells nobody. */
  ProxyLog NONE = (weight, event, text) -> {};

  /** How much it matters. */
  enum Weight {
    /** How things are set up, and what repeats. */
    DETAIL,
    /** What happens. */
    NEWS,
    /** What somebody should look at. */
    WARNING
  }

  /**
   * Something happened.
   *
   * @param event one word for it
   * @param text a line for a person, without secrets
   */
  void say(Weight weight, String event, String text);
}

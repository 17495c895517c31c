package dev.holdfast.terminal;

/** What a person typed, as far as what it does can be guessed. */
sealed interface Key {
  /** A character that is printed, one cell wide. */
  record Printed(int codePoint) implements Key {}

  /** One of those that only do one thing. */
  enum Motion implements Key {
    BACKSPACE,
    LEFT,
    RIGHT,
    /** Return or line feed: what comes is somewhere else. */
    RETURN,
    /** Whatever else: nobody knows what it does. */
    OTHER
  }
}

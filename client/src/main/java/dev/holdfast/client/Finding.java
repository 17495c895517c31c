package dev.holdfast.client;

import java.util.Optional;

/**
 * Something that was found out about this machine, the way or a server.
 *
 * @param about what, in a word, such as "agent"
 * @param what was found, in a sentence
 * @param advice what to do; nothing if all is well
 * @param remedy what would be done about it here, if told
 */
public record Finding(
    Level level, String about, String what, Optional<String> advice, Optional<Remedy> remedy) {
  /** How bad it is. */
  public enum Level {
    OK,
    NOTE,
    WARNING,
    PROBLEM
  }

  /** Sets something right. */
  public interface Remedy {
    /** Does it; what was done, in a sentence. */
    String apply() throws java.io.IOException;
  }

  static Finding ok(String about, String what) {
    return new Finding(Level.OK, about, what, Optional.empty(), Optional.empty());
  }

  static Finding of(Level level, String about, String what, String advice) {
    return new Finding(level, about, what, Optional.of(advice), Optional.empty());
  }

  Finding with(Remedy remedy) {
    return new Finding(level, about, what, advice, Optional.of(remedy));
  }
}

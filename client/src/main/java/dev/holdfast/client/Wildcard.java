package dev.holdfast.client;

import java.util.Locale;

/**
 * Patterns with {@code *} and {@code ?}, and lists of them with {@code !} (ssh_config(5),
 * PATTERNS).
 */
final class Wildcard {
  /** Characters of one pattern of a list, as in OpenSSH; a longer one never matches. */
  static final int MOST_CHARACTERS = 1022;

  /** What a list says of a text. */
  enum Verdict {
    /** One of its patterns matches, and none that is negated. */
    YES,
    /** None matches. */
    NO,
    /** A negated one matches, whatever else does. */
    NEVER
  }

  private Wildcard() {}

  /** Whether {@code pattern} matches all of {@code text}; takes time of their lengths' product. */
  static boolean matches(String text, String pattern) {
    int t = 0;
    int p = 0;
    int star = -1;
    int resume = 0;
    while (t < text.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = t;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))) {
        p++;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  /** What the patterns, parted by commas, say of {@code text}. */
  static Verdict inList(String text, String patterns) {
    Verdict verdict = Verdict.NO;
    for (String entry : patterns.split(",", -1)) {
      boolean negated = entry.startsWith("!");
      String pattern = negated ? entry.substring(1) : entry;
      if (pattern.length() > MOST_CHARACTERS) {
        return Verdict.NO;
      }
      if (!entry.isEmpty() && matches(text, pattern)) {
        if (negated) {
          return Verdict.NEVER;
        }
        verdict = Verdict.YES;
      }
    }
    return verdict;
  }

  /** The same for a host's name, in which case does not count. */
  static Verdict hostInList(String host, String patterns) {
    return inList(host.toLowerCase(Locale.ROOT), patterns.toLowerCase(Locale.ROOT));
  }
}

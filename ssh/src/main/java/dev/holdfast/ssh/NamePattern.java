package dev.holdfast.ssh;

import java.util.List;
import java.util.Locale;

/**
 * Patterns as in OpenSSH: {@code *} is any number of characters, {@code ?} one; in a list, one with
 * {@code !} before it refuses (ssh_config(5), PATTERNS).
 */
final class NamePattern {
  private NamePattern() {}

  /** What a list says about a name. */
  enum Verdict {
    YES,
    NO,
    /** A pattern with {@code !} matches: no, whatever else the list has. */
    REFUSED
  }

  /**
   * Whether the whole of {@code name} is as {@code pattern} says; linear in memory, no recursion.
   */
  static boolean matches(String pattern, String name) {
    int p = 0;
    int n = 0;
    int star = -1;
    int resume = 0;
    while (n < name.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = n;
      } else if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
        p++;
        n++;
      } else if (star >= 0) {
        p = star + 1;
        n = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  /** Asks patterns in turn. */
  static Verdict ask(List<String> patterns, String name) {
    Verdict verdict = Verdict.NO;
    for (String pattern : patterns) {
      boolean refuses = pattern.startsWith("!");
      if (matches(refuses ? pattern.substring(1) : pattern, name)) {
        if (refuses) {
          return Verdict.REFUSED;
        }
        verdict = Verdict.YES;
      }
    }
    return verdict;
  }

  /** The same for host names, where upper and lower case are one. */
  static Verdict askHost(List<String> patterns, String host) {
    return ask(
        patterns.stream().map(pattern -> pattern.toLowerCase(Locale.ROOT)).toList(),
        host.toLowerCase(Locale.ROOT));
  }
}

package dev.holdfast.client;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A list of algorithms as people write it: names or patterns, or a change of the default list by a
 * leading {@code +}, {@code -} or {@code ^} (ssh_config(5), Ciphers).
 */
public record AlgorithmList(String text) {
  /** The default list, unchanged. */
  static final AlgorithmList DEFAULT = new AlgorithmList("");

  /**
   * The names that are meant, best first; empty if none of them is there (kex-names.c, {@code
   * kex_assemble_names}).
   *
   * @param defaults the list that is changed
   * @param all what there is
   */
  List<String> among(List<String> defaults, List<String> all) {
    if (text.isEmpty()) {
      return defaults;
    }
    String names = text.substring(1);
    return switch (text.charAt(0)) {
      case '-' ->
          defaults.stream()
              .filter(name -> Wildcard.inList(name, names) == Wildcard.Verdict.NO)
              .toList();
      case '+' -> expand(joined(defaults, List.of(names.split(",", -1))), all);
      case '^' -> expand(joined(List.of(names.split(",", -1)), defaults), all);
      default -> expand(List.of(text.split(",", -1)), all);
    };
  }

  private static List<String> joined(List<String> first, List<String> second) {
    List<String> both = new ArrayList<>(first);
    both.addAll(second);
    return both;
  }

  private static List<String> expand(List<String> patterns, List<String> all) {
    Set<String> names = new LinkedHashSet<>();
    for (String pattern : patterns) {
      if (!pattern.isEmpty()) {
        all.stream().filter(name -> Wildcard.matches(name, pattern)).forEach(names::add);
      }
    }
    return List.copyOf(names);
  }
}

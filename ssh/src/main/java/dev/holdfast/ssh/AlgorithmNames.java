package dev.holdfast.ssh;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Names of algorithms of one kind, best first. */
public record AlgorithmNames(List<String> names) {
  /** What a list is for, and what is in it by default. */
  @SuppressWarnings("ImmutableEnumChecker") // Both lists are copies that nobody can change.
  public enum Kind {
    KEY_EXCHANGE(Algorithms.serverKeyExchanges(), Algorithms.keyExchanges()),
    CIPHER(Algorithms.ciphers(), Algorithms.ciphers()),
    MAC(Algorithms.serverMacs(), Algorithms.macs()),
    HOST_KEY(Algorithms.hostKeys(), Algorithms.hostKeys()),
    PUBLIC_KEY(Algorithms.publicKeys(), Algorithms.publicKeys()),
    CLIENT_KEY_EXCHANGE(Algorithms.keyExchanges(), Algorithms.keyExchanges()),
    CLIENT_MAC(Algorithms.macs(), Algorithms.macs()),
    CLIENT_HOST_KEY(Algorithms.clientHostKeys(), Algorithms.clientHostKeys()),
    AUTHORITY(Algorithms.signatures(), Algorithms.signatures());

    private final AlgorithmNames standard;
    private final List<String> known;

    Kind(List<String> standard, List<String> known) {
      this.standard = new AlgorithmNames(standard);
      this.known = List.copyOf(known);
    }

    /** What counts where nothing is set. */
    public AlgorithmNames standard() {
      return standard;
    }

    /** Every name that can be set. */
    public List<String> known() {
      return known;
    }

    /**
     * Reads a list: names or patterns between commas; with {@code +} before it adds to the default,
     * with {@code -} it takes away, with {@code ^} it puts first.
     */
    AlgorithmNames read(String value) throws BadValueException {
      String text = value.strip();
      char sign = text.isEmpty() ? ' ' : text.charAt(0);
      boolean signed = sign == '+' || sign == '-' || sign == '^';
      List<String> named = expand(signed ? text.substring(1) : text, sign == '-');
      Set<String> result = new LinkedHashSet<>();
      if (sign == '+' || sign == '-') {
        result.addAll(standard.names);
      }
      if (sign == '-') {
        named.forEach(result::remove);
      } else {
        result.addAll(named);
      }
      if (sign == '^') {
        result.addAll(standard.names);
      }
      if (result.isEmpty()) {
        throw new BadValueException("leaves no algorithm");
      }
      return new AlgorithmNames(List.copyOf(result));
    }

    private List<String> expand(String list, boolean unknownToo) throws BadValueException {
      List<String> expanded = new ArrayList<>();
      for (String pattern : list.split(",", -1)) {
        List<String> found =
            known.stream().filter(name -> NamePattern.matches(pattern, name)).toList();
        if (found.isEmpty() && !unknownToo) {
          throw new BadValueException(
              "has a name that is not known here; there are " + String.join(", ", known));
        }
        expanded.addAll(found);
      }
      return expanded;
    }
  }

  public AlgorithmNames {
    names = List.copyOf(names);
  }

  boolean has(String name) {
    return names.contains(name);
  }
}

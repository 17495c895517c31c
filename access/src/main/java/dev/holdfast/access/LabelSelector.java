package dev.holdfast.access;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which labels are meant: for each key the values of which one must be there, {@code *} for any;
 * {@code *: *} means every machine, and nothing at all means none.
 */
public record LabelSelector(Map<String, List<String>> wanted) {
  /** Means no machine. */
  public static final LabelSelector NONE = new LabelSelector(Map.of());

  /** Means every machine. */
  public static final LabelSelector ALL = new LabelSelector(Map.of("*", List.of("*")));

  /** Values of one key. */
  static final int MOST_VALUES = 256;

  private static final String ANY = "*";

  public LabelSelector {
    if (wanted.size() > Labels.MOST) {
      throw new InvalidRecordException("A selector has more than " + Labels.MOST + " labels.");
    }
    Map<String, List<String>> sorted = new TreeMap<>();
    wanted.forEach((key, values) -> sorted.put(key, checked(key, values)));
    wanted = Collections.unmodifiableMap(sorted);
  }

  private static List<String> checked(String key, List<String> values) {
    if (values.isEmpty() || values.size() > MOST_VALUES) {
      throw new InvalidRecordException(
          "A selector needs 1 to %d values of the label '%s'."
              .formatted(MOST_VALUES, Names.printable(key)));
    }
    if (key.equals(ANY) && !values.equals(List.of(ANY))) {
      throw new InvalidRecordException("The label '*' stands for every machine: write '*': '*'.");
    }
    for (String value : values) {
      Labels.check(key.equals(ANY) ? "any" : key, value.equals(ANY) ? "" : value);
    }
    return List.copyOf(values);
  }

  /** Reads {@code key=value,key=value}; a key that is there twice may have either value. */
  public static LabelSelector parse(String text) {
    Map<String, List<String>> wanted = new TreeMap<>();
    for (String label : text.split(",", -1)) {
      int equals = label.indexOf('=');
      if (equals < 1) {
        throw new InvalidRecordException(
            "'%s' is not a label such as env=prod.".formatted(Names.printable(label)));
      }
      wanted
          .computeIfAbsent(label.substring(0, equals), key -> new ArrayList<>())
          .add(label.substring(equals + 1));
    }
    return new LabelSelector(wanted);
  }

  /** Whether {@code labels} are meant. */
  public boolean matches(Labels labels) {
    return !wanted.isEmpty()
        && wanted.entrySet().stream()
            .allMatch(label -> has(labels, label.getKey(), label.getValue()));
  }

  private static boolean has(Labels labels, String key, List<String> values) {
    if (key.equals(ANY)) {
      return true;
    }
    String value = labels.values().get(key);
    return value != null && (values.contains(ANY) || values.contains(value));
  }

  /** Whether every machine is meant, whatever its labels. */
  public boolean meansAll() {
    return wanted.keySet().equals(java.util.Set.of(ANY));
  }

  public boolean isEmpty() {
    return wanted.isEmpty();
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return wanted.entrySet().stream()
        .flatMap(label -> label.getValue().stream().map(value -> label.getKey() + "=" + value))
        .collect(Collectors.joining(","));
  }
}

package dev.holdfast.access;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a machine is said to be: values by keys, such as {@code env=prod}, in the keys' order. */
public record Labels(Map<String, String> values) {
  /** None. */
  public static final Labels NONE = new Labels(Map.of());

  /** Labels of one machine. */
  static final int MOST = 64;

  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,62}");
  private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9._/:@+-]{0,128}");

  public Labels {
    if (values.size() > MOST) {
      throw new InvalidRecordException("There are more than " + MOST + " labels.");
    }
    values.forEach(Labels::check);
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  static void check(String key, String value) {
    if (!KEY.matcher(key).matches() || !VALUE.matcher(value).matches()) {
      throw new InvalidRecordException(
          "'%s=%s' can't be a label: use letters, digits and . / : @ + _ -"
              .formatted(Names.printable(key), Names.printable(value)));
    }
  }

  static boolean isKey(String key) {
    return KEY.matcher(key).matches();
  }

  /** These and those of {@code others}, which win. */
  public Labels with(Labels others) {
    Map<String, String> all = new TreeMap<>(values);
    all.putAll(others.values);
    return new Labels(all);
  }

  /** As {@code key=value,key=value}. */
  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(label -> label.getKey() + "=" + label.getValue())
        .collect(Collectors.joining(","));
  }
}

package dev.holdfast.access;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Something that happened, kept for ever. Its time and its number are given by the store.
 *
 * @param user who did it or wanted to; empty if nobody is known
 * @param fields what else is to be known: strings, numbers and booleans
 */
public record AuditEvent(AuditCode code, String user, Map<String, Object> fields) {
  static final int MOST_FIELDS = 64;
  static final int MOST_CHARACTERS = 4096;

  /** Characters of all values together; what is over them is cut, value after value. */
  static final int MOST_TOGETHER = 64 * 1024;

  public AuditEvent {
    if (fields.size() > MOST_FIELDS) {
      throw new InvalidRecordException("An event has more than " + MOST_FIELDS + " fields.");
    }
    Map<String, Object> copy = new LinkedHashMap<>();
    int left = MOST_TOGETHER;
    for (Map.Entry<String, Object> field : fields.entrySet()) {
      Object value = checked(field.getValue(), Math.min(left, MOST_CHARACTERS));
      left -= value instanceof String text ? text.length() : 0;
      copy.put(field.getKey(), value);
    }
    fields = Collections.unmodifiableMap(copy);
  }

  private static Object checked(Object value, int most) {
    return switch (value) {
      case Number number -> number;
      case Boolean bool -> bool;
      default -> {
        String text = value.toString();
        yield text.length() > most ? text.substring(0, most) : text;
      }
    };
  }

  /** An event with these fields: names and values in turn. */
  public static AuditEvent of(AuditCode code, String user, Object... fields) {
    Map<String, Object> named = new LinkedHashMap<>();
    for (int i = 0; i + 1 < fields.length; i += 2) {
      named.put(fields[i].toString(), fields[i + 1]);
    }
    return new AuditEvent(code, user, named);
  }
}

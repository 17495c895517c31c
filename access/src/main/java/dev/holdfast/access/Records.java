package dev.holdfast.access;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Records as JSON and back, by their components: {@code maxSessions} is {@code max_sessions}, an
 * Optional that is empty is not there, a Duration is a number of seconds, an Instant a text as in
 * ISO 8601, a constant its name in lower case, a record of one map that map. Of a sealed interface
 * the member {@code is} says which record it is. What is not known is refused, unless another
 * version of this program may have written it.
 */
public final class Records {
  private static final String KIND = "is";

  private Records() {}

  // ---- writing ----

  /** {@code value} as JSON. */
  public static Json write(Object value) {
    return switch (value) {
      case Json json -> json;
      case String text -> Json.of(text);
      case Boolean bool -> Json.of(bool);
      case Integer number -> Json.of(number);
      case Long number -> Json.of(number);
      case Double number -> new Json.Numeral(java.math.BigDecimal.valueOf(number));
      case Instant time -> Json.of(time.toString());
      case Duration time -> Json.of(time.toSeconds());
      case Enum<?> constant -> Json.of(word(constant));
      case Map<?, ?> map -> map(map);
      case Iterable<?> list -> list(list);
      case Record record -> record(record);
      default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
    };
  }

  private static Json map(Map<?, ?> map) {
    Map<String, Json> members = new LinkedHashMap<>();
    map.forEach((name, value) -> members.put(name.toString(), write(value)));
    return new Json.Members(members);
  }

  private static Json list(Iterable<?> list) {
    List<Json> items = new ArrayList<>();
    list.forEach(item -> items.add(write(item)));
    return new Json.Items(items);
  }

  private static Json record(Record record) {
    if (isMap(record.getClass())) {
      return write(value(record.getClass().getRecordComponents()[0], record));
    }
    Map<String, Json> members = new LinkedHashMap<>();
    sealedBy(record.getClass())
        .ifPresent(it -> members.put(KIND, Json.of(kind(record.getClass()))));
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = value(component, record);
      if (value instanceof Optional<?> optional) {
        optional.ifPresent(it -> members.put(name(component), write(it)));
      } else {
        members.put(name(component), write(value));
      }
    }
    return new Json.Members(members);
  }

  private static Object value(RecordComponent component, Record record) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a record without its accessor", e);
    }
  }

  // ---- reading ----

  /** How what is not known is taken. */
  private enum Unknown {
    /** Somebody mistyped, or wants what this version can't do. */
    REFUSED,
    /**
     * Another version says more: members are passed over, words are {@link #OTHER}, if they can.
     */
    PASSED_OVER
  }

  /** The constant that stands for words of other versions, in an enum that has it. */
  private static final String OTHER = "OTHER";

  /** The record of that type that {@code json} is. */
  public static <T> T read(Json json, Class<T> type) throws WrongShapeException {
    return type.cast(readAs(json, type, Unknown.REFUSED));
  }

  /**
   * The same of what another process wrote, whose version may be another: members that are not
   * known are passed over. A word that is not known has no meaning that could be guessed: it is
   * refused, unless its enum has a constant for others.
   */
  public static <T> T readOfPeer(Json json, Class<T> type) throws WrongShapeException {
    return type.cast(readAs(json, type, Unknown.PASSED_OVER));
  }

  private static Object readAs(Json json, Type type, Unknown unknown) throws WrongShapeException {
    if (type instanceof ParameterizedType generic) {
      return readGeneric(json, generic, unknown);
    }
    Class<?> simple = (Class<?>) type;
    if (simple == Json.class || simple == Object.class) {
      return simple == Json.class ? json : plain(json);
    } else if (simple == String.class) {
      return text(json);
    } else if (simple == int.class || simple == Integer.class) {
      return Math.toIntExact(number(json, Integer.MAX_VALUE));
    } else if (simple == long.class || simple == Long.class) {
      return number(json, Long.MAX_VALUE);
    } else if (simple == boolean.class || simple == Boolean.class) {
      return bool(json);
    } else if (simple == Instant.class) {
      return instant(json);
    } else if (simple == Duration.class) {
      return duration(json);
    } else if (simple.isEnum()) {
      return constant(json, simple, unknown);
    } else if (simple.isSealed()) {
      return oneOf(json, simple, unknown);
    } else if (simple.isRecord()) {
      return record(json, simple, unknown);
    }
    throw new IllegalArgumentException("no JSON for " + type);
  }

  private static Object readGeneric(Json json, ParameterizedType type, Unknown unknown)
      throws WrongShapeException {
    Class<?> raw = (Class<?>) type.getRawType();
    Type last = type.getActualTypeArguments()[type.getActualTypeArguments().length - 1];
    if (raw == Optional.class) {
      return Optional.of(readAs(json, last, unknown));
    }
    if (raw == Map.class) {
      return readMap(json, last, unknown);
    }
    List<Object> items = new ArrayList<>();
    for (Json item : json instanceof Json.Items(List<Json> values) ? values : List.of(json)) {
      items.add(readAs(item, last, unknown));
    }
    return raw == Set.class ? new LinkedHashSet<>(items) : items;
  }

  private static Map<String, Object> readMap(Json json, Type value, Unknown unknown)
      throws WrongShapeException {
    Map<String, Object> map = new LinkedHashMap<>();
    for (Map.Entry<String, Json> member : membersOf(json).values().entrySet()) {
      map.put(member.getKey(), readAs(member.getValue(), value, unknown));
    }
    return map;
  }

  private static Object record(Json json, Class<?> type, Unknown unknown)
      throws WrongShapeException {
    RecordComponent[] components = type.getRecordComponents();
    if (isMap(type)) {
      return make(type, json, new Object[] {readAs(json, components[0].getGenericType(), unknown)});
    }
    Map<String, Json> members = new LinkedHashMap<>(membersOf(json).values());
    if (sealedBy(type).isPresent()) {
      members.remove(KIND);
    }
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String name = name(components[i]);
      Json value = members.remove(name);
      values[i] =
          value == null || value instanceof Json.Null
              ? absent(json, name, components[i].getGenericType(), unknown)
              : readAs(value, components[i].getGenericType(), unknown);
    }
    if (!members.isEmpty() && unknown == Unknown.REFUSED) {
      String first = members.keySet().iterator().next();
      throw new WrongShapeException(
          "there is no member '%s' here; known are %s"
              .formatted(Names.printable(first), names(components)),
          json,
          first);
    }
    return make(type, json, values);
  }

  /** What a member is that is not there: empty, if it can be. */
  private static Object absent(Json json, String name, Type type, Unknown unknown)
      throws WrongShapeException {
    if (type instanceof ParameterizedType generic) {
      Class<?> raw = (Class<?>) generic.getRawType();
      if (raw == Optional.class) {
        return Optional.empty();
      }
      return raw == Map.class ? Map.of() : raw == Set.class ? Set.of() : List.of();
    }
    if (type instanceof Class<?> record && record.isRecord()) {
      try {
        return record(new Json.Members(Map.of()), record, unknown);
      } catch (WrongShapeException e) {
        // It can't be empty: then it is missing.
      }
    }
    throw new WrongShapeException("'" + name + "' is missing", json, null);
  }

  private static Object make(Class<?> type, Json json, Object[] values) throws WrongShapeException {
    try {
      Class<?>[] types = new Class<?>[values.length];
      for (int i = 0; i < values.length; i++) {
        types[i] = type.getRecordComponents()[i].getType();
      }
      var constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof InvalidRecordException wrong) {
        throw new WrongShapeException(wrong.sentence(), json, null);
      }
      throw new IllegalArgumentException("a record that can't be made: " + type, e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a record without its constructor", e);
    }
  }

  private static Object oneOf(Json json, Class<?> type, Unknown unknown)
      throws WrongShapeException {
    Json kind = membersOf(json).values().get(KIND);
    Set<String> known = new TreeSet<>();
    for (Class<?> one : type.getPermittedSubclasses()) {
      if (kind instanceof Json.Text(String word) && word.equals(kind(one))) {
        return record(json, one, unknown);
      }
      known.add(kind(one));
    }
    throw new WrongShapeException("'" + KIND + "' must be one of " + known, json, null);
  }

  private static Object constant(Json json, Class<?> type, Unknown unknown)
      throws WrongShapeException {
    String word = text(json);
    Set<String> known = new LinkedHashSet<>();
    for (Object constant : type.getEnumConstants()) {
      if (word((Enum<?>) constant).equals(word)) {
        return constant;
      }
      known.add(word((Enum<?>) constant));
    }
    for (Object constant : type.getEnumConstants()) {
      if (unknown == Unknown.PASSED_OVER && ((Enum<?>) constant).name().equals(OTHER)) {
        return constant;
      }
    }
    throw new WrongShapeException(
        "'%s' is none of %s".formatted(Names.printable(word), String.join(", ", known)),
        json,
        null);
  }

  private static Json.Members membersOf(Json json) throws WrongShapeException {
    if (json instanceof Json.Members members) {
      return members;
    }
    throw new WrongShapeException("this must have members with names", json, null);
  }

  private static String text(Json json) throws WrongShapeException {
    return switch (json) {
      case Json.Text(String value) -> value;
      case Json.Numeral(java.math.BigDecimal value) -> value.toPlainString();
      case Json.Bool(boolean value) -> Boolean.toString(value);
      default -> throw new WrongShapeException("this must be a text", json, null);
    };
  }

  private static long number(Json json, long most) throws WrongShapeException {
    if (json instanceof Json.Numeral(java.math.BigDecimal value)) {
      try {
        long number = value.longValueExact();
        if (number >= -most && number <= most) {
          return number;
        }
      } catch (ArithmeticException e) {
        // Said below.
      }
    }
    throw new WrongShapeException("this must be a whole number", json, null);
  }

  private static boolean bool(Json json) throws WrongShapeException {
    if (json instanceof Json.Bool(boolean value)) {
      return value;
    }
    throw new WrongShapeException("this must be true or false", json, null);
  }

  private static Instant instant(Json json) throws WrongShapeException {
    try {
      return Instant.parse(text(json));
    } catch (DateTimeParseException e) {
      throw new WrongShapeException("this must be a time such as 2026-01-31T12:00:00Z", json, null);
    }
  }

  private static Duration duration(Json json) throws WrongShapeException {
    if (json instanceof Json.Text(String text)) {
      return Spans.parse(text)
          .orElseThrow(() ->
              new WrongShapeException(
                  "this must be a time such as 30s, 10m, 12h or 2d", json, null));
    }
    return Duration.ofSeconds(number(json, Integer.MAX_VALUE));
  }

  private static Object plain(Json json) throws WrongShapeException {
    return switch (json) {
      case Json.Text(String value) -> value;
      case Json.Bool(boolean value) -> value;
      case Json.Numeral number -> number(number, Long.MAX_VALUE);
      default -> throw new WrongShapeException("this must be a simple value", json, null);
    };
  }

  // ---- names ----

  /** Whether it is nothing but a map. */
  static boolean isMap(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    return components.length == 1 && components[0].getType() == Map.class;
  }

  static Optional<Class<?>> sealedBy(Class<?> type) {
    for (Class<?> one : type.getInterfaces()) {
      if (one.isSealed()) {
        return Optional.of(one);
      }
    }
    return Optional.empty();
  }

  static String kind(Class<?> type) {
    return snake(type.getSimpleName());
  }

  static String name(RecordComponent component) {
    return snake(component.getName());
  }

  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String names(RecordComponent[] components) {
    Set<String> names = new LinkedHashSet<>();
    for (RecordComponent component : components) {
      names.add(name(component));
    }
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  private static String snake(String camel) {
    StringBuilder snake = new StringBuilder();
    for (int i = 0; i < camel.length(); i++) {
      char c = camel.charAt(i);
      if (Character.isUpperCase(c) && i > 0) {
        snake.append('_');
      }
      snake.append(Character.toLowerCase(c));
    }
    return snake.toString();
  }
}

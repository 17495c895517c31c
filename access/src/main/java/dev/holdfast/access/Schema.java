package dev.holdfast.access;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Describes what {@link Records} reads and writes, as JSON Schema (2020-12). Confined to one call.
 */
public final class Schema {
  private final Map<String, Json> definitions = new LinkedHashMap<>();

  /** The schema of a type; records go to the definitions, each once. */
  public Json of(Type type) {
    if (type instanceof ParameterizedType generic) {
      return generic(generic);
    }
    Class<?> simple = (Class<?>) type;
    if (simple.isEnum()) {
      return Json.members("enum", constants(simple));
    } else if (simple == String.class) {
      return typed("string");
    } else if (simple == Instant.class) {
      return Json.members("type", Json.of("string"), "format", Json.of("date-time"));
    } else if (simple == Duration.class) {
      return Json.members("type", Json.of("integer"), "description", Json.of("seconds"));
    } else if (simple == boolean.class || simple == Boolean.class) {
      return typed("boolean");
    } else if (simple.isPrimitive() || java.lang.Number.class.isAssignableFrom(simple)) {
      return typed("integer");
    } else if (simple.isRecord() || (simple.isSealed() && simple != Json.class)) {
      return reference(simple);
    }
    return Json.members();
  }

  /** All that was referred to, by name. */
  public Json definitions() {
    return new Json.Members(definitions);
  }

  private Json reference(Class<?> type) {
    String name = Records.kind(type);
    if (!definitions.containsKey(name)) {
      definitions.put(name, Json.members());
      definitions.put(name, type.isSealed() ? oneOf(type) : record(type));
    }
    return Json.members("$ref", Json.of("#/definitions/" + name));
  }

  private Json oneOf(Class<?> type) {
    List<Json> kinds = new ArrayList<>();
    for (Class<?> one : type.getPermittedSubclasses()) {
      kinds.add(of(one));
    }
    return Json.members("oneOf", new Json.Items(kinds));
  }

  private Json record(Class<?> type) {
    if (Records.isMap(type)) {
      return of(type.getRecordComponents()[0].getGenericType());
    }
    Map<String, Json> properties = new LinkedHashMap<>();
    List<Json> required = new ArrayList<>();
    if (Records.sealedBy(type).isPresent()) {
      properties.put("is", Json.members("const", Json.of(Records.kind(type))));
      required.add(Json.of("is"));
    }
    for (RecordComponent component : type.getRecordComponents()) {
      properties.put(Records.name(component), of(component.getGenericType()));
      if (!(component.getGenericType() instanceof ParameterizedType)) {
        required.add(Json.of(Records.name(component)));
      }
    }
    return Json.members(
        "type",
        Json.of("object"),
        "properties",
        new Json.Members(properties),
        "required",
        new Json.Items(required),
        "additionalProperties",
        Json.of(false));
  }

  private Json generic(ParameterizedType type) {
    Type[] arguments = type.getActualTypeArguments();
    Json last = of(arguments[arguments.length - 1]);
    Class<?> raw = (Class<?>) type.getRawType();
    if (raw == Optional.class) {
      return last;
    }
    return raw == Map.class
        ? Json.members("type", Json.of("object"), "additionalProperties", last)
        : Json.members("type", Json.of("array"), "items", last);
  }

  private static Json constants(Class<?> type) {
    List<Json> words = new ArrayList<>();
    for (Object constant : type.getEnumConstants()) {
      words.add(Json.of(Records.word((Enum<?>) constant)));
    }
    return new Json.Items(words);
  }

  private static Json typed(String name) {
    return Json.members("type", Json.of(name));
  }
}

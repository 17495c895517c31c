package dev.holdfast.cli;

import dev.holdfast.access.Json;
import java.util.List;
import java.util.Map;

/** JSON values as YAML for people: blocks, and words without quotes where that is safe. */
final class YamlText {
  private YamlText() {}

  /** A document for each value. */
  static String of(List<Json> values) {
    StringBuilder text = new StringBuilder();
    for (Json value : values) {
      text.append("---\n");
      block(text, value, 0);
    }
    return text.toString();
  }

  private static void block(StringBuilder text, Json value, int depth) {
    switch (value) {
      case Json.Members(Map<String, Json> members) ->
          members.forEach((name, member) -> {
            text.append("  ".repeat(depth)).append(word(name)).append(':');
            below(text, member, depth);
          });
      case Json.Items(List<Json> items) ->
          items.forEach(item -> {
            text.append("  ".repeat(depth)).append('-');
            below(text, item, depth);
          });
      default -> text.append("  ".repeat(depth)).append(scalar(value)).append('\n');
    }
  }

  private static void below(StringBuilder text, Json value, int depth) {
    boolean isBlock =
        (value instanceof Json.Members members && !members.values().isEmpty())
            || (value instanceof Json.Items items && !items.values().isEmpty());
    if (isBlock) {
      text.append('\n');
      block(text, value, depth + 1);
    } else {
      text.append(' ').append(scalar(value)).append('\n');
    }
  }

  /** JSON is YAML; only plain words are made nicer. */
  private static String scalar(Json value) {
    return value instanceof Json.Text(String word) ? word(word) : value.line();
  }

  private static String word(String word) {
    boolean isPlain =
        word.matches("[A-Za-z][A-Za-z0-9_./@-]*")
            && !word.matches("(?i)true|false|null|yes|no|on|off|y|n");
    return isPlain ? word : Json.of(word).line();
  }
}

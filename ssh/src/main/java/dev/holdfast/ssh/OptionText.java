package dev.holdfast.ssh;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** How values of {@link ServerOption}s are written so that {@link OptionSyntax} reads the same. */
final class OptionText {
  private OptionText() {}

  /** The text of a value; of a list that is set word by word, the words. */
  static List<String> words(ServerOption<?> option, Object value) {
    if (option.isList() && value instanceof List<?> list && !list.isEmpty()) {
      return list.stream().map(word -> quoted(word.toString())).toList();
    }
    return List.of(text(option, value));
  }

  private static String text(ServerOption<?> option, Object value) {
    return switch (value) {
      case Boolean yes -> yes ? "yes" : "no";
      case Integer number when option.equals(ServerOption.STREAM_LOCAL_BIND_MASK) ->
          "0" + Integer.toOctalString(number);
      case Integer number when number == 0 && option.equals(ServerOption.PER_SOURCE_MAX_STARTUPS) ->
          "none";
      case Duration time -> Long.toString(time.toSeconds());
      case Optional<?> perhaps -> perhaps.map(Object::toString).orElse("none");
      case AlgorithmNames algorithms -> String.join(",", algorithms.names());
      case RekeyLimit limit -> rekeyLimit(limit);
      case StartupLimit(int begin, int rate, int full) -> begin + ":" + rate + ":" + full;
      case SourceBlock(int four, int six) -> four + ":" + six;
      case Enum<?> word -> word(option, word);
      case List<?> list when option.equals(ServerOption.PERMIT_USER_ENVIRONMENT) ->
          userEnvironment(list);
      case List<?> list -> list(list);
      default -> value.toString();
    };
  }

  private static String rekeyLimit(RekeyLimit limit) {
    long bytes = limit.bytes();
    String amount = bytes % 1024 == 0 ? bytes / 1024 + "K" : Long.toString(bytes);
    return limit.time().isZero() ? amount : amount + " " + limit.time().toSeconds();
  }

  private static String word(ServerOption<?> option, Enum<?> value) {
    String between = option.equals(ServerOption.GATEWAY_PORTS) ? "" : "-";
    return value.name().toLowerCase(Locale.ROOT).replace("_", between);
  }

  private static String userEnvironment(List<?> patterns) {
    return patterns.isEmpty()
        ? "no"
        : patterns.stream().map(Object::toString).collect(Collectors.joining(","));
  }

  private static String list(List<?> list) {
    if (list.equals(List.of(PermittedPort.ANY))) {
      return "any";
    }
    return list.isEmpty()
        ? "none"
        : list.stream()
            .map(one -> one instanceof PermittedPort port ? port(port) : quoted(one.toString()))
            .collect(Collectors.joining(" "));
  }

  private static String port(PermittedPort permitted) {
    String host = permitted.host().contains(":") ? "[" + permitted.host() + "]" : permitted.host();
    return host + ":" + (permitted.port() == 0 ? "*" : permitted.port());
  }

  private static String quoted(String word) {
    return word.indexOf(' ') < 0 && word.indexOf('\t') < 0 && !word.isEmpty()
        ? word
        : '"' + word + '"';
  }
}

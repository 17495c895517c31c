package dev.holdfast.access;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as sshd_config(5) writes them: {@code 90}, {@code 90s}, {@code 10m}, {@code 1h30m}. */
public final class Spans {
  private static final Pattern PART =
      Pattern.compile("(\\d{1,9})([smhdw]?)", Pattern.CASE_INSENSITIVE);

  private Spans() {}

  /** The time that {@code text} means; nothing if it means none. */
  public static Optional<Duration> parse(String text) {
    Matcher matcher = PART.matcher(text);
    Duration sum = Duration.ZERO;
    int at = 0;
    while (at < text.length() && matcher.find(at) && matcher.start() == at) {
      sum = sum.plusSeconds(Long.parseLong(matcher.group(1)) * seconds(matcher.group(2)));
      at = matcher.end();
    }
    return at == text.length() && !text.isEmpty() ? Optional.of(sum) : Optional.empty();
  }

  private static long seconds(String unit) {
    return switch (unit.toLowerCase(Locale.ROOT)) {
      case "m" -> 60;
      case "h" -> 3600;
      case "d" -> 86_400;
      case "w" -> 604_800;
      default -> 1;
    };
  }
}

package dev.holdfast.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads a time as sshd_config(5) writes it: {@code 90}, {@code 90s}, {@code 10m}, {@code 1h30m},
 * {@code 2d}, {@code 1w}.
 */
final class TimeSpan implements ITypeConverter<Duration> {
  private static final Pattern PART =
      Pattern.compile("(\\d{1,9})([smhdw]?)", Pattern.CASE_INSENSITIVE);

  @Override
  public Duration convert(String text) {
    Matcher matcher = PART.matcher(text);
    Duration sum = Duration.ZERO;
    int at = 0;
    while (at < text.length() && matcher.find(at) && matcher.start() == at) {
      sum = sum.plusSeconds(Long.parseLong(matcher.group(1)) * seconds(matcher.group(2)));
      at = matcher.end();
    }
    if (at != text.length() || text.isEmpty()) {
      throw new TypeConversionException("'" + text + "' is not a time such as 30s, 10m, 24h or 2d");
    }
    return sum;
  }

  private static long seconds(String unit) {
    return switch (unit.toLowerCase(java.util.Locale.ROOT)) {
      case "m" -> 60;
      case "h" -> 3600;
      case "d" -> 86_400;
      case "w" -> 604_800;
      default -> 1;
    };
  }
}

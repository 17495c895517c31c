package dev.holdfast.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads an amount of memory: {@code 64M}, {@code 1G}, {@code 65536K}; in bytes without a unit. */
final class MemorySize implements ITypeConverter<Long> {
  /** The least that makes sense: a stream or two at full speed. */
  static final long LEAST = 1L << 20;

  private static final Pattern FORM = Pattern.compile("(\\d{1,12})([KMG]?)(?:I?B)?");

  @Override
  public Long convert(String text) {
    Matcher matcher = FORM.matcher(text.toUpperCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new TypeConversionException("'" + text + "' is not a size such as 64M or 1G");
    }
    long bytes = Long.parseLong(matcher.group(1)) << shift(matcher.group(2));
    if (bytes < LEAST) {
      throw new TypeConversionException("'" + text + "' is less than 1M");
    }
    return bytes;
  }

  private static int shift(String unit) {
    return switch (unit) {
      case "K" -> 10;
      case "M" -> 20;
      case "G" -> 30;
      default -> 0;
    };
  }
}

package dev.holdfast.ssh;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * When new keys are agreed on (sshd_config(5), RekeyLimit).
 *
 * @param bytes carried in both directions together
 * @param time zero for any
 */
public record RekeyLimit(long bytes, Duration time) {
  /** RFC 4253 9 recommends a gigabyte. */
  public static final RekeyLimit DEFAULT = new RekeyLimit(RekeyMeter.DEFAULT_LIMIT, Duration.ZERO);

  /**
   * Fewer would make agreeing on keys the main work; as with OpenSSH, 16 would be allowed there.
   */
  static final long LEAST_BYTES = 1L << 20;

  static RekeyLimit parse(String value) throws BadValueException {
    List<String> words = OptionSyntax.words(value);
    if (words.size() > 2) {
      throw new BadValueException("is an amount and a time, such as \"1G 1h\"");
    }
    Duration time = words.size() == 1 ? Duration.ZERO : OptionSyntax.time(words.get(1));
    return new RekeyLimit(bytes(words.getFirst()), time);
  }

  private static long bytes(String word) throws BadValueException {
    if (word.equalsIgnoreCase("default") || word.equalsIgnoreCase("none")) {
      return RekeyMeter.DEFAULT_LIMIT;
    }
    if (!word.matches("\\d{1,9}[KMGkmg]?")) {
      throw new BadValueException("has an amount such as 512M or 1G first");
    }
    String digits = word.replaceAll("\\D", "");
    int shift =
        switch (word.substring(digits.length()).toLowerCase(Locale.ROOT)) {
          case "k" -> 10;
          case "m" -> 20;
          case "g" -> 30;
          default -> 0;
        };
    long bytes = Long.parseLong(digits) << shift;
    if (bytes < LEAST_BYTES || bytes > RekeyMeter.DEFAULT_LIMIT * 4) {
      throw new BadValueException("has an amount from 1M to 4G first");
    }
    return bytes;
  }
}

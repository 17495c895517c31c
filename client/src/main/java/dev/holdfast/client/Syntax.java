package dev.holdfast.client;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * How the value of an option is written: in a configuration, and by {@code ssh -G}.
 *
 * @param <T> what it means
 */
record Syntax<T>(Reader<T> reader, Function<T, String> printer) {
  private static final Map<Character, Long> UNITS =
      Map.of('s', 1L, 'm', 60L, 'h', 3600L, 'd', 86_400L, 'w', 604_800L);

  /** Takes the words that it needs. */
  interface Reader<T> {
    T read(ConfigWords words) throws BadValue;
  }

  /** Makes a value of one word. */
  interface WordReader<T> {
    T read(String word) throws BadValue;
  }

  static <T> Syntax<T> word(WordReader<T> reader, Function<T, String> printer) {
    return new Syntax<>(words -> reader.read(words.next()), printer);
  }

  static Syntax<String> text() {
    return word(word -> word, text -> text);
  }

  /** All that stands behind the keyword. */
  static Syntax<String> command() {
    return new Syntax<>(ConfigWords::whole, text -> text);
  }

  static Syntax<AlgorithmList> algorithms(AlgorithmKind kind) {
    return word(kind::read, AlgorithmList::text);
  }

  static Syntax<Boolean> flag() {
    return choice("yes", true, "no", false, "true", true, "false", false);
  }

  /** One of some words, in any case; the first with a value is the one that is printed. */
  @SuppressWarnings("unchecked")
  static <T> Syntax<T> choice(Object... namesAndValues) {
    Map<String, T> values = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      values.put((String) namesAndValues[i], (T) namesAndValues[i + 1]);
    }
    return word(word -> chosen(values, word), value -> nameOf(values, value));
  }

  private static <T> T chosen(Map<String, T> values, String word) throws BadValue {
    for (Map.Entry<String, T> entry : values.entrySet()) {
      if (entry.getKey().equalsIgnoreCase(word)) {
        return entry.getValue();
      }
    }
    throw new BadValue("unsupported option \"" + word + "\"");
  }

  private static <T> String nameOf(Map<String, T> values, T value) {
    return values.entrySet().stream()
        .filter(entry -> entry.getValue().equals(value))
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  static Syntax<Integer> number() {
    return word(Syntax::parseNumber, Object::toString);
  }

  static int parseNumber(String word) throws BadValue {
    try {
      int number = word.isBlank() || word.startsWith("-") ? -1 : Integer.parseInt(word.strip());
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw new BadValue("the integer value \"" + word + "\" is invalid");
  }

  /** A time, or "none" for no bound. */
  static Syntax<Duration> timeOrNone(Duration none) {
    return word(
        word -> word.equals("none") ? none : parseTime(word),
        time -> time.equals(none) ? "none" : Long.toString(time.toSeconds()));
  }

  /** A time such as {@code 90}, {@code 1h30m} or {@code 2w} (sshd_config(5), TIME FORMATS). */
  static Duration parseTime(String word) throws BadValue {
    BigDecimal seconds = BigDecimal.ZERO;
    boolean seenSeconds = false;
    int at = 0;
    while (at < word.length()) {
      int end = at;
      while (end < word.length() && "0123456789.".indexOf(word.charAt(end)) >= 0) {
        end++;
      }
      char unit = end == word.length() ? 's' : Character.toLowerCase(word.charAt(end));
      Long factor = UNITS.get(unit);
      if (factor == null || (factor == 1 && seenSeconds) || end - at > 18) {
        throw badTime(word);
      }
      seconds = seconds.add(amount(word, at, end, factor).multiply(BigDecimal.valueOf(factor)));
      seenSeconds |= factor == 1;
      at = end + 1;
    }
    if (word.isEmpty() || seconds.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0) {
      throw badTime(word);
    }
    return Duration.ofSeconds(seconds.longValue());
  }

  private static BigDecimal amount(String word, int from, int to, long factor) throws BadValue {
    String digits = word.substring(from, to);
    boolean isWrong = digits.indexOf('.') >= 0 && (factor > 1 || digits.endsWith("."));
    try {
      if (!isWrong) {
        return new BigDecimal(digits);
      }
    } catch (NumberFormatException _) {
      // Said below.
    }
    throw badTime(word);
  }

  private static BadValue badTime(String word) {
    return new BadValue("invalid time value \"" + word + "\"");
  }

  /** A number of bytes, with K, M, G, T, P or E behind it for powers of 1024. */
  static long parseSize(String word) throws BadValue {
    int last = word.length() - 1;
    int power = "KMGTPE".indexOf(Character.toUpperCase(word.charAt(last))) + 1;
    String digits = power == 0 ? word : word.substring(0, last);
    try {
      long bytes =
          new BigDecimal(digits).multiply(BigDecimal.valueOf(1L << (10 * power))).longValueExact();
      if (bytes >= 0 && digits.length() <= 18) {
        return bytes;
      }
    } catch (ArithmeticException | NumberFormatException _) {
      // Said below.
    }
    throw new BadValue("bad number '" + word + "'");
  }

  /** Words up to the end of the line, printed on one. */
  static Syntax<List<String>> words(Set<String> onlyAlone, int most) {
    return new Syntax<>(
        words -> checked(words.all(), onlyAlone, most),
        list -> list.isEmpty() ? "none" : String.join(" ", list));
  }

  private static List<String> checked(List<String> all, Set<String> onlyAlone, int most)
      throws BadValue {
    if (all.size() > most) {
      throw new BadValue("more than " + most + " arguments");
    }
    for (String word : all) {
      if (onlyAlone.contains(word.toLowerCase(Locale.ROOT))) {
        if (all.size() > 1) {
          throw new BadValue("\"" + word + "\" must appear alone");
        }
      }
    }
    return all;
  }

  /** One word, the only element of a list to which later lines add. */
  static Syntax<List<String>> element() {
    return new Syntax<>(words -> List.of(words.next()), list -> String.join(" ", list));
  }
}

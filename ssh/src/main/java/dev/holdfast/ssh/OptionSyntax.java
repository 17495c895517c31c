package dev.holdfast.ssh;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How values of {@link ServerOption}s are written (sshd_config(5)). */
final class OptionSyntax {
  /** Words in one value. */
  static final int MOST_WORDS = 1_000;

  /** The longest time that can be set, which still can be added to the time of day. */
  private static final Duration MOST_TIME = Duration.ofDays(36_500);

  private OptionSyntax() {}

  static boolean yesNo(String value) throws BadValueException {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "yes", "true" -> true;
      case "no", "false" -> false;
      default -> throw new BadValueException("is either yes or no");
    };
  }

  static int number(String value, int least, int most) throws BadValueException {
    if (value.matches("\\d{1,9}")) {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw new BadValueException("is a number from " + least + " to " + most);
  }

  /** 0 for "none". */
  static int numberOrNone(String value, int least, int most) throws BadValueException {
    return isNone(value) ? 0 : number(value, least, most);
  }

  static int octal(String value) throws BadValueException {
    if (!value.matches("[0-7]{1,4}")) {
      throw new BadValueException("is an octal number such as 0177");
    }
    return Integer.parseInt(value, 8) & 0777;
  }

  /** Seconds, or numbers with units, such as 1h30m (TIME FORMATS); 0 and "none" are zero. */
  static Duration time(String value) throws BadValueException {
    if (isNone(value)) {
      return Duration.ZERO;
    }
    if (!value.matches("(\\d{1,9}[smhdwSMHDW])*(\\d{1,9}[smhdwSMHDW]?)")) {
      throw new BadValueException("is a time such as 90, 2m or 1h30m");
    }
    Duration sum = Duration.ZERO;
    long number = 0;
    String units = value + (Character.isDigit(value.charAt(value.length() - 1)) ? "s" : "");
    for (int i = 0; i < units.length(); i++) {
      char c = units.charAt(i);
      if (Character.isDigit(c)) {
        number = number * 10 + Character.digit(c, 10);
      } else {
        sum = sum.plusSeconds(number * seconds(c));
        number = 0;
      }
    }
    if (sum.compareTo(MOST_TIME) > 0) {
      throw new BadValueException("is at most 100 years");
    }
    return sum;
  }

  private static long seconds(char unit) {
    return switch (Character.toLowerCase(unit)) {
      case 'm' -> 60;
      case 'h' -> 3_600;
      case 'd' -> 86_400;
      case 'w' -> 604_800;
      default -> 1;
    };
  }

  /** Words between blanks; one in double quotes may have blanks in it. */
  static List<String> words(String value) throws BadValueException {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean quoted = false;
    boolean begun = false;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"') {
        quoted = !quoted;
        begun = true;
      } else if (!quoted && (c == ' ' || c == '\t')) {
        if (begun) {
          words.add(word.toString());
        }
        word.setLength(0);
        begun = false;
      } else if (c < ' ' || c == 0x7f) {
        throw new BadValueException("has a control character in it");
      } else {
        word.append(c);
        begun = true;
      }
    }
    if (quoted) {
      throw new BadValueException("has a quote that is not closed");
    }
    if (begun) {
      words.add(word.toString());
    }
    if (words.isEmpty() || words.size() > MOST_WORDS) {
      throw new BadValueException("has from 1 to " + MOST_WORDS + " words");
    }
    return List.copyOf(words);
  }

  /** No words for "none" alone. */
  static List<String> wordsOrNone(String value) throws BadValueException {
    List<String> words = words(value);
    return words.size() == 1 && isNone(words.getFirst()) ? List.of() : words;
  }

  static String path(String value) throws BadValueException {
    List<String> words = words(value);
    if (words.size() != 1 || !words.getFirst().startsWith("/")) {
      throw new BadValueException("is a path that begins with a slash");
    }
    return words.getFirst();
  }

  static String fileName(String value) throws BadValueException {
    if (!value.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")) {
      throw new BadValueException("is the name of a file, without a slash");
    }
    return value;
  }

  static List<String> paths(String value) throws BadValueException {
    return List.of(path(value));
  }

  static Optional<String> optionalPath(String value) throws BadValueException {
    return isNone(value) ? Optional.empty() : Optional.of(path(value));
  }

  static Optional<String> optionalText(String value) throws BadValueException {
    if (isNone(value)) {
      return Optional.empty();
    }
    if (value.isBlank() || value.chars().anyMatch(c -> c < ' ' && c != '\t')) {
      throw new BadValueException("is empty or has a control character in it");
    }
    return Optional.of(value.strip());
  }

  /** A program's path and its arguments. */
  static List<String> program(String value) throws BadValueException {
    List<String> words = wordsOrNone(value);
    if (!words.isEmpty() && !words.getFirst().startsWith("/")) {
      throw new BadValueException("is a program whose path begins with a slash");
    }
    return words;
  }

  static List<String> userEnvironment(String value) throws BadValueException {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "yes", "true" -> List.of("*");
      case "no", "false" -> List.of();
      default -> List.of(value.split(",", -1));
    };
  }

  static RootLogin rootLogin(String value) throws BadValueException {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "yes", "true" -> RootLogin.YES;
      case "prohibit-password", "without-password" -> RootLogin.PROHIBIT_PASSWORD;
      case "forced-commands-only" -> RootLogin.FORCED_COMMANDS_ONLY;
      case "no", "false" -> RootLogin.NO;
      default ->
          throw new BadValueException("is yes, prohibit-password, forced-commands-only or no");
    };
  }

  static Forwarding forwarding(String value) throws BadValueException {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "yes", "true", "all" -> Forwarding.YES;
      case "no", "false" -> Forwarding.NO;
      case "local" -> Forwarding.LOCAL;
      case "remote" -> Forwarding.REMOTE;
      default -> throw new BadValueException("is yes, no, local or remote");
    };
  }

  static GatewayPorts gatewayPorts(String value) throws BadValueException {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "yes", "true" -> GatewayPorts.YES;
      case "no", "false" -> GatewayPorts.NO;
      case "clientspecified" -> GatewayPorts.CLIENT_SPECIFIED;
      default -> throw new BadValueException("is yes, no or clientspecified");
    };
  }

  /** Everything for "any", nothing for "none". */
  static List<PermittedPort> ports(String value, boolean bare) throws BadValueException {
    if (value.equals("any")) {
      return List.of(PermittedPort.ANY);
    }
    List<PermittedPort> ports = new ArrayList<>();
    try {
      for (String word : wordsOrNone(value)) {
        ports.add(PermittedPort.parse(word, bare));
      }
    } catch (MalformedKeyException e) {
      throw new BadValueException("is any, none, or written host:port");
    }
    return List.copyOf(ports);
  }

  static Optional<String> networks(String value) throws BadValueException {
    if (isNone(value)) {
      return Optional.empty();
    }
    if (!AddressPattern.areNetworks(value)) {
      throw new BadValueException("is a list of addresses and networks with commas between them");
    }
    return Optional.of(value);
  }

  private static boolean isNone(String value) {
    return value.equalsIgnoreCase("none");
  }
}

package dev.holdfast.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The words behind {@code holdfast forward}: an order to the service, or ssh's own arguments with
 * some long options of ours among them.
 *
 * @param order what is to be done
 * @param words for it; for {@link Order#ADD} ssh's arguments
 * @param preset whose words come in place of them
 */
record ForwardArguments(Order order, List<String> words, Optional<String> preset, Format format) {
  /** What is to be done. */
  enum Order {
    ADD,
    LS,
    RM,
    EVENTS,
    STOP,
    /** Be the service, in this process, and start nothing. */
    SERVICE,
    /** The same, with a person to be asked, who sees what happens. */
    FOREGROUND,
    HELP
  }

  /** How lists are written. */
  enum Format {
    TEXT,
    JSON,
    NAMES
  }

  /** Arguments that can't be understood. */
  static final class Wrong extends Exception {
    private static final long serialVersionUID = 1L;

    Wrong(String sentence) {
      super(sentence);
    }
  }

  static ForwardArguments parse(List<String> arguments, Path directory) throws Wrong {
    Order order = Order.ADD;
    Optional<String> preset = Optional.empty();
    Format format = Format.TEXT;
    List<String> rest = new ArrayList<>();
    for (int at = 0; at < arguments.size(); at++) {
      String word = arguments.get(at);
      switch (word) {
        case "--help", "-h" -> order = Order.HELP;
        case "--foreground" -> order = Order.FOREGROUND;
        case "--service" -> order = Order.SERVICE;
        case "--json" -> format = Format.JSON;
        case "--preset", "--format" -> {
          if (++at == arguments.size()) {
            throw new Wrong(word + " needs a value");
          }
          if (word.equals("--preset")) {
            preset = Optional.of(arguments.get(at));
          } else {
            format = format(arguments.get(at));
          }
        }
        default -> {
          if (word.startsWith("--") && word.length() > 2) {
            throw new Wrong("there is no option " + word);
          }
          rest.add(word);
        }
      }
    }
    if (order == Order.ADD && preset.isEmpty() && !rest.isEmpty()) {
      order = order(rest.getFirst());
      if (order != Order.ADD) {
        rest.removeFirst();
      }
    }
    return new ForwardArguments(order, absolute(rest, directory), preset, format);
  }

  private static Format format(String word) throws Wrong {
    try {
      return Format.valueOf(word.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new Wrong("there is no format '" + word + "': text, json and names are");
    }
  }

  private static Order order(String word) {
    return switch (word) {
      case "ls" -> Order.LS;
      case "rm" -> Order.RM;
      case "events" -> Order.EVENTS;
      case "stop" -> Order.STOP;
      default -> Order.ADD;
    };
  }

  /** The service has another working directory: files are named by their whole paths. */
  private static List<String> absolute(List<String> words, Path directory) {
    List<String> absolute = new ArrayList<>(words);
    for (int at = 1; at < absolute.size(); at++) {
      String flag = absolute.get(at - 1);
      String value = absolute.get(at);
      boolean isFile = flag.equals("-F") || flag.equals("-i");
      if (isFile && !value.startsWith("~") && Files.exists(directory.resolve(value))) {
        absolute.set(at, directory.resolve(value).toAbsolutePath().normalize().toString());
      }
    }
    return List.copyOf(absolute);
  }
}

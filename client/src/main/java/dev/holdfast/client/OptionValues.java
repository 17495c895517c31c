package dev.holdfast.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How values that are more than a word are read and printed (readconf.c). */
final class OptionValues {
  /** As with ssh. */
  private static final Duration KEY_INTERVAL = Duration.ofMillis(20);

  private OptionValues() {}

  /** Both lists as one in which nothing stands twice. */
  static <E> List<E> appended(List<E> before, List<E> more) {
    Set<E> all = new LinkedHashSet<>(before);
    all.addAll(more);
    return List.copyOf(all);
  }

  static PortForward remoteForward(ConfigWords words) throws BadValue {
    String listen = words.next();
    String to = words.orEnd();
    if (to == null || to.isEmpty()) {
      return PortForward.remoteDynamic(listen);
    }
    return PortForward.remoteTo(listen + ":" + to);
  }

  static String jumps(List<JumpHost> hosts) {
    List<String> all = new ArrayList<>();
    for (JumpHost host : hosts) {
      all.add(host.listed());
    }
    return String.join(",", all);
  }

  static Duration keyInterval(String word) throws BadValue {
    String lower = word.toLowerCase(Locale.ROOT);
    String millis = lower.startsWith("interval:") ? lower.substring("interval:".length()) : "";
    return switch (lower) {
      case "yes" -> KEY_INTERVAL;
      case "no" -> Duration.ZERO;
      default -> {
        if (!millis.matches("0{0,3}[1-9][0-9]{0,2}|0{0,2}1000")) {
          throw new BadValue(
              "'%s' is not yes, no or interval:N with N from 1 to 1000 ms".formatted(word));
        }
        yield Duration.ofMillis(Integer.parseInt(millis));
      }
    };
  }

  static String printKeyInterval(Duration interval) {
    if (interval.isZero()) {
      return "no";
    }
    return interval.equals(KEY_INTERVAL) ? "yes" : "interval:" + interval.toMillis();
  }

  static ClientOptions.RekeyLimit rekey(ConfigWords words) throws BadValue {
    String size = words.next();
    long bytes = size.equals("default") ? 0 : Syntax.parseSize(size);
    if (bytes != 0 && bytes < 16) {
      throw new BadValue("ClientOptions.RekeyLimit is too small");
    }
    if (!words.hasMore()) {
      return new ClientOptions.RekeyLimit(bytes, Optional.empty());
    }
    String time = words.next();
    return new ClientOptions.RekeyLimit(
        bytes, time.equals("none") ? Optional.empty() : Optional.of(Syntax.parseTime(time)));
  }

  static String printRekey(ClientOptions.RekeyLimit limit) {
    return limit.bytes() + " " + limit.interval().map(Duration::toSeconds).orElse(0L);
  }

  static ClientOptions.AddKeys addKeys(ConfigWords words) throws BadValue {
    String word = words.next().toLowerCase(Locale.ROOT);
    String time = words.orEnd();
    if (time != null && !word.equals("confirm")) {
      throw new BadValue("unsupported option \"" + time + "\"");
    }
    return switch (word) {
      case "yes", "true" -> new ClientOptions.AddKeys(true, false, false, Duration.ZERO);
      case "no", "false" -> new ClientOptions.AddKeys(false, false, false, Duration.ZERO);
      case "ask" -> new ClientOptions.AddKeys(true, true, false, Duration.ZERO);
      case "confirm" ->
          new ClientOptions.AddKeys(
              true, false, true, time == null ? Duration.ZERO : Syntax.parseTime(time));
      default -> new ClientOptions.AddKeys(true, false, false, Syntax.parseTime(word));
    };
  }

  static String printAddKeys(ClientOptions.AddKeys keys) {
    if (!keys.lifetime().isZero()) {
      return (keys.confirm() ? "confirm " : "") + keys.lifetime().toSeconds();
    }
    return keys.ask() ? "ask" : keys.confirm() ? "confirm" : Boolean.toString(keys.add());
  }

  static List<String> sendEnv(ConfigWords words) throws BadValue {
    List<String> names = words.all();
    for (String name : names) {
      if (name.indexOf('=') >= 0) {
        throw new BadValue("invalid environment name");
      }
    }
    return names;
  }

  /** A name with a minus before it takes away what it matches of the names before it. */
  static List<String> sent(List<String> before, List<String> more) {
    List<String> all = new ArrayList<>(before);
    for (String name : more) {
      if (name.startsWith("-")) {
        all.removeIf(one -> Wildcard.matches(one, name.substring(1)));
      } else {
        all.add(name);
      }
    }
    return List.copyOf(all);
  }

  static List<String> setEnv(ConfigWords words) throws BadValue {
    Map<String, String> byName = new LinkedHashMap<>();
    for (String word : words.all()) {
      int equals = word.indexOf('=');
      if (equals < 0) {
        throw new BadValue("SetEnv takes NAME=value");
      }
      byName.putIfAbsent(word.substring(0, equals), word);
    }
    return List.copyOf(byName.values());
  }

  static int escape(String word) throws BadValue {
    if (word.equals("none")) {
      return -1;
    }
    if (word.length() == 1 && word.charAt(0) < 256) {
      return word.charAt(0);
    }
    if (word.length() == 2
        && word.charAt(0) == '^'
        && word.charAt(1) >= 64
        && word.charAt(1) < 128) {
      return word.charAt(1) & 31;
    }
    throw new BadValue("bad escape character");
  }

  static String printEscape(int code) {
    if (code < 0) {
      return "none";
    }
    return code < ' ' ? "\\^" + (char) (code + '@') : Character.toString(code);
  }

  static ClientOptions.ForwardAgent forwardAgent(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "yes", "true" -> new ClientOptions.ForwardAgent(true, Optional.empty());
      case "no", "false" -> new ClientOptions.ForwardAgent(false, Optional.empty());
      default -> new ClientOptions.ForwardAgent(true, Optional.of(word));
    };
  }

  static String printForwardAgent(ClientOptions.ForwardAgent agent) {
    return agent.socket().orElse(agent.forward() ? "yes" : "no");
  }

  static int mask(String word) throws BadValue {
    if (!word.matches("0*[0-7]{1,3}")) {
      throw new BadValue("bad mask");
    }
    return Integer.parseInt(word, 8);
  }

  static ClientOptions.ControlPersist persist(String word) throws BadValue {
    return switch (word) {
      case "no", "false" -> new ClientOptions.ControlPersist(false, Duration.ZERO);
      case "yes", "true" -> new ClientOptions.ControlPersist(true, Duration.ZERO);
      default -> new ClientOptions.ControlPersist(true, Syntax.parseTime(word));
    };
  }

  static String printPersist(ClientOptions.ControlPersist persist) {
    if (!persist.time().isZero()) {
      return Long.toString(persist.time().toSeconds());
    }
    return persist.stay() ? "yes" : "no";
  }
}

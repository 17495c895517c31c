package dev.holdfast.client;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of a Match line (ssh_config(5), Match): all of them have to hold. Confined to who
 * reads the configuration.
 */
final class MatchLine {
  /** What {@code Match version} is compared with. */
  static final String VERSION = "Holdfast_0.1";

  private static final Set<String> WITH_EQUALS =
      Set.of(
          "host",
          "originalhost",
          "user",
          "localuser",
          "localnetwork",
          "version",
          "tagged",
          "command",
          "exec",
          "sessiontype");
  private static final Set<String> MAY_BE_EMPTY = Set.of("tagged", "command");

  private final ConfigPass pass;
  private boolean result = true;
  private boolean isOther;

  MatchLine(ConfigPass pass) {
    this.pass = pass;
  }

  /** Whether the line's conditions hold. */
  boolean holds(ConfigWords words) throws BadValue, IOException {
    for (String word = words.orEnd(); word != null && !word.startsWith("#"); word = words.orEnd()) {
      boolean negated = word.startsWith("!");
      String attribute = negated ? word.substring(1) : word;
      if (attribute.equalsIgnoreCase("all")) {
        return all(words, negated);
      }
      isOther = true;
      if (holds(attribute, words, negated) == negated) {
        result = false;
      }
    }
    words.skip();
    if (!isOther) {
      throw new BadValue("Match needs at least one condition");
    }
    return result;
  }

  /** "all" stands alone, or behind "canonical" or "final". */
  private boolean all(ConfigWords words, boolean negated) throws BadValue {
    String more = words.orEnd();
    if (more != null && !more.isEmpty() && !more.startsWith("#")) {
      throw new BadValue("'all' can't be combined with other conditions of Match");
    }
    words.skip();
    return result && !negated;
  }

  private boolean holds(String word, ConfigWords words, boolean negated)
      throws BadValue, IOException {
    int equals = word.indexOf('=');
    String name = (equals < 0 ? word : word.substring(0, equals)).toLowerCase(Locale.ROOT);
    if (name.equals("canonical") || name.equals("final")) {
      pass.wantFinal(name.equals("final") && !negated);
      return pass.isFinal();
    }
    if (!WITH_EQUALS.contains(name)) {
      throw new BadValue("unsupported condition " + name + " of Match");
    }
    String argument = equals < 0 ? words.orEnd() : word.substring(equals + 1);
    if (argument == null
        || argument.startsWith("#")
        || (argument.isEmpty() && !MAY_BE_EMPTY.contains(name))) {
      throw new BadValue("the condition " + name + " of Match has no argument");
    }
    return holds(name, argument);
  }

  private boolean holds(String name, String argument) throws BadValue, IOException {
    return switch (name) {
      case "host" -> isYes(Wildcard.hostInList(pass.effectiveHost(), argument));
      case "originalhost" -> isYes(Wildcard.hostInList(pass.originalHost(), argument));
      case "user" -> isYes(Wildcard.inList(pass.user(), argument));
      case "localuser" -> isYes(Wildcard.inList(pass.here().user(), argument));
      case "localnetwork" -> isOnNetwork(argument);
      case "version" -> isYes(Wildcard.inList(VERSION, argument));
      case "tagged" -> isNamed(pass.draft().get(ClientOptions.TAG), argument);
      case "command" -> isNamed(pass.command(), argument);
      case "sessiontype" -> isYes(Wildcard.inList(sessionType(), argument));
      case "exec" -> execHolds(argument);
      default -> throw new BadValue("unsupported condition " + name + " of Match");
    };
  }

  private static boolean isYes(Wildcard.Verdict verdict) {
    return verdict == Wildcard.Verdict.YES;
  }

  /** Nothing is matched by nothing, and by nothing else. */
  private static boolean isNamed(@Nullable String text, String patterns) {
    return (text == null || text.isEmpty())
        ? patterns.isEmpty()
        : isYes(Wildcard.inList(text, patterns));
  }

  private String sessionType() {
    ClientOptions.SessionType type =
        Optional.ofNullable(pass.draft().get(ClientOptions.SESSION_TYPE))
            .orElse(ClientOptions.SessionType.DEFAULT);
    return switch (type) {
      case SUBSYSTEM -> "subsystem";
      case NONE -> "none";
      case DEFAULT -> pass.command().isEmpty() ? "shell" : "exec";
    };
  }

  /** Not run if the line does not hold anyhow. */
  private boolean execHolds(String argument) throws BadValue, IOException {
    String command = pass.tokens().expand(argument, true, false);
    if (!result) {
      return false;
    }
    try {
      return pass.here().outside().run(command) == 0;
    } catch (IOException e) {
      throw new BadValue("the command of Match exec could not be run: " + e.getMessage(), e);
    }
  }

  private boolean isOnNetwork(String list) throws BadValue, IOException {
    NetworkList networks = NetworkList.of(list);
    for (InetAddress address : pass.here().outside().addresses()) {
      if (networks.contains(address)) {
        return true;
      }
    }
    return false;
  }
}

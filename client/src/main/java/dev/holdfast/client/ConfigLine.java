package dev.holdfast.client;

import java.util.Optional;
import java.util.Set;

/** A line that sets an option. */
final class ConfigLine {
  private static final Set<ClientOption<?>> SOCKETS = Set.of(ClientOptions.IDENTITY_AGENT);

  private ConfigLine() {}

  /**
   * Reads the line's value into {@code draft} if it is {@code active}, and checks it in any case.
   */
  static void read(
      ConfigDraft draft, Surroundings here, ConfigWords words, boolean active, String place)
      throws BadValue {
    String keyword = words.keyword();
    ClientOption<?> option = ClientOptions.named(keyword);
    if (option != null) {
      draft.read(option, words, active);
      checkSocket(draft, option, here);
    } else if (keyword.equals("refuseconnection")) {
      refuse(words, active);
    } else if (isPassedOver(draft, keyword)) {
      words.skip();
    } else {
      throw new BadValue("Bad configuration option: " + keyword);
    }
  }

  /** Reads a line of the command line, {@code -o}. */
  static void readOption(ConfigDraft draft, Surroundings here, String line) throws ConfigFailure {
    try {
      ConfigWords words = ConfigWords.of(line);
      if (words == null) {
        return;
      }
      if (Set.of("host", "match", "include").contains(words.keyword())) {
        throw new BadValue(words.keyword() + " is not supported on the command line");
      }
      read(draft, here, words, true, "command-line line 0");
      words.checkEnd();
    } catch (BadValue e) {
      throw ConfigFailure.at("command-line line 0", e);
    }
  }

  private static boolean isPassedOver(ConfigDraft draft, String keyword) {
    Optional<String> ignored = draft.find(ClientOptions.IGNORE_UNKNOWN);
    return OptionNames.IGNORED.contains(keyword)
        || ignored
            .filter(list -> Wildcard.hostInList(keyword, list) == Wildcard.Verdict.YES)
            .isPresent();
  }

  private static void refuse(ConfigWords words, boolean active) throws BadValue {
    String why = words.next();
    if (active) {
      throw new BadValue("RefuseConnection: " + why);
    }
  }

  private static void checkSocket(ConfigDraft draft, ClientOption<?> option, Surroundings here)
      throws BadValue {
    if (SOCKETS.contains(option)) {
      String path = draft.find(ClientOptions.IDENTITY_AGENT).orElse("");
      Tokens.variables(path, here.environment());
      if (path.startsWith("$") && !path.startsWith("${") && !path.matches("\\$[A-Za-z0-9_]+")) {
        throw new BadValue("invalid environment name " + path);
      }
    }
  }
}

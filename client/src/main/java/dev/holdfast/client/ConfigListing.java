package dev.holdfast.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The lines that {@code ssh -G} prints: each option, in lower case, with its value. */
final class ConfigListing {
  private static final Set<ClientOption<?>> FIRST =
      Set.of(ClientOptions.USER, ClientOptions.HOSTNAME, ClientOptions.PORT);

  private ConfigListing() {}

  static List<String> of(ClientConfig config) {
    List<String> lines = new ArrayList<>();
    lines.add("host " + config.host());
    lines.add("user " + config.user());
    lines.add("hostname " + config.hostname());
    lines.add("port " + config.port());
    for (ClientOption<?> option : ClientOptions.all()) {
      if (!FIRST.contains(option) && isShown(config, option)) {
        add(lines, config, option);
      }
    }
    return lines;
  }

  /** Of the two ways through another host, the one that is gone. */
  private static boolean isShown(ClientConfig config, ClientOption<?> option) {
    Optional<List<JumpHost>> jumps = config.find(ClientOptions.PROXY_JUMP);
    return !option.equals(ClientOptions.PROXY_JUMP)
        || jumps.filter(hosts -> !hosts.isEmpty()).isPresent();
  }

  private static <T> void add(List<String> lines, ClientConfig config, ClientOption<T> option) {
    config
        .find(option)
        .ifPresent(value -> {
          for (String text : option.printed(value)) {
            text.lines().forEach(line -> lines.add(option.keyword() + " " + line));
          }
        });
  }
}

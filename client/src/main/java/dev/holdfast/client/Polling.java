package dev.holdfast.client;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** How a link is watched, by the configuration and by autossh's variables (autossh(1)). */
final class Polling {
  private static final String POLL = "AUTOSSH_POLL";
  private static final String FIRST_POLL = "AUTOSSH_FIRST_POLL";
  private static final Duration USUAL = Duration.ofSeconds(5);

  /** For an answer, beside the round trips that the path is known to take. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  /** What a ProxyCommand runs may bring its link back by itself. */
  private static final Duration PATIENCE_WITH_PROGRAM = Duration.ofSeconds(15);

  /** Hours are no use, and a number without an end would be one of nanoseconds that overflows. */
  private static final long MOST_SECONDS = 86_400;

  private Polling() {}

  /** As ServerAliveInterval and ServerAliveCountMax say, for a connection that ends when lost. */
  static Optional<LinkGuard.Pace> plain(ClientConfig config) {
    Duration every = config.get(ClientOptions.SERVER_ALIVE_INTERVAL);
    if (!every.isPositive()) {
      return Optional.empty();
    }
    int most = Math.max(config.get(ClientOptions.SERVER_ALIVE_COUNT_MAX), 1);
    return Optional.of(new LinkGuard.Pace(every, every, every.multipliedBy(most), true));
  }

  /**
   * For a connection that is made anew when lost; nothing if ServerAliveInterval was set to 0.
   *
   * @param isKept whether nothing is lost with it
   */
  static Optional<LinkGuard.Pace> lasting(ClientConfig config, boolean isKept) {
    Duration given = config.get(ClientOptions.SERVER_ALIVE_INTERVAL);
    if (config.isGiven(ClientOptions.SERVER_ALIVE_INTERVAL) && !given.isPositive()) {
      return Optional.empty();
    }
    Map<String, String> environment = config.surroundings().environment();
    Duration every = given.isPositive() ? given : seconds(environment, POLL).orElse(USUAL);
    Duration first = seconds(environment, FIRST_POLL).orElse(every);
    boolean isProgram = config.find(ClientOptions.PROXY_COMMAND).isPresent();
    Duration patience = isProgram ? PATIENCE_WITH_PROGRAM : PATIENCE;
    return Optional.of(new LinkGuard.Pace(first, every, patience, isKept));
  }

  private static Optional<Duration> seconds(Map<String, String> environment, String name) {
    String text = environment.getOrDefault(name, "");
    if (!text.matches("\\d{1,9}")) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofSeconds(Math.clamp(Long.parseLong(text), 1, MOST_SECONDS)));
  }
}

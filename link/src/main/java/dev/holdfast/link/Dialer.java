package dev.holdfast.link;

import java.time.Duration;
import java.util.Map;

/**
 * Makes connections: to the host itself or through the proxy that the environment names, over
 * whichever of the addresses answers first.
 *
 * <p>One for a process, or for a test; it remembers the addresses of names. Thread-safe.
 *
 * <pre>{@code
 * try (Dial dial = dialer.dial(new Destination("host", 22), Duration.ofSeconds(10))) {
 *   SocketChannel channel = dial.connect(); // on a virtual thread; dial.close() from any other ends it at once
 * }
 * }</pre>
 */
final class Dialer {
  private final Resolver resolver;
  private final ProxyChoice proxies;
  private final Way way;

  Dialer(Resolver resolver, ProxyChoice proxies) {
    this(resolver, proxies, Way.ANY);
  }

  Dialer(Resolver resolver, ProxyChoice proxies, Way way) {
    this.resolver = resolver;
    this.proxies = proxies;
    this.way = way;
  }

  /**
   * A dialler with the system's resolver and the proxies of this environment, as {@link
   * System#getenv()} gives it.
   */
  static Dialer ofSystem(Map<String, String> environment) {
    return ofSystem(environment, Way.ANY);
  }

  /** The same that goes that way. */
  static Dialer ofSystem(Map<String, String> environment, Way way) {
    return new Dialer(Resolver.ofSystem(), ProxyChoice.from(environment), way);
  }

  /**
   * A dial that has yet to begin. {@code timeout} bounds all of it: lookup, connection, and what a
   * proxy has to say.
   */
  Dial dial(Destination to, Duration timeout) {
    return new Dial(resolver, proxies, way, to, timeout);
  }
}

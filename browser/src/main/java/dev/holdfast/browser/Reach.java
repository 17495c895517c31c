package dev.holdfast.browser;

import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Which addresses a browser window reaches, and as what: the server's own, and nothing else unless
 * that was asked for. No name is ever looked up on this machine.
 *
 * @param allowsInternet whether the server leads on to other machines
 * @param ownAddresses those at which the server's own programs listen, beside its loopback
 */
record Reach(boolean allowsInternet, Supplier<Set<String>> ownAddresses) {
  /** The name of the start page, which the window serves itself. */
  static final String START = "start.localhost";

  /** Characters of a host's name (RFC 1035 2.3.4). */
  static final int MOST_HOST = 253;

  private static final int HTTP = 80;

  /** Where a request leads. */
  sealed interface Way {
    /** To the window's own start page. */
    record Start() implements Way {}

    /** To the server, which dials this. */
    record Far(String host, int port) implements Way {}

    /** Nowhere: it is not the server's. */
    record Closed(String host) implements Way {}
  }

  Way of(SocksRequest asked) {
    String host = asked.host().toLowerCase(Locale.ROOT);
    if (host.equals(START)) {
      return asked.port() == HTTP ? new Way.Start() : new Way.Closed(host);
    }
    if (LoopbackName.is(host)) {
      return new Way.Far(LoopbackName.dialled(host), asked.port());
    }
    boolean isName = host.length() <= MOST_HOST && host.matches("[a-z0-9._:-]+");
    boolean isOpen = isName && (allowsInternet || ownAddresses.get().contains(host));
    return isOpen ? new Way.Far(host, asked.port()) : new Way.Closed(host);
  }
}

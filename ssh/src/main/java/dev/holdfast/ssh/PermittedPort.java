package dev.holdfast.ssh;

import java.util.Locale;

/**
 * A host and a port that may be forwarded, as in {@code permitopen} and {@code PermitListen}.
 *
 * @param host a pattern for listening, a name for opening; {@code *} is any
 * @param port 0 is any
 */
public record PermittedPort(String host, int port) {
  /** Characters of a host, as with OpenSSH (NI_MAXHOST). */
  static final int MOST_HOST = 1024;

  /** Any host and port. */
  public static final PermittedPort ANY = new PermittedPort("*", 0);

  /**
   * Reads {@code host:port}, {@code [host]:port}, or, if {@code bare}, {@code port} alone.
   *
   * @throws MalformedKeyException if it is none
   */
  static PermittedPort parse(String text, boolean bare) throws MalformedKeyException {
    if (bare && text.indexOf(':') < 0) {
      return new PermittedPort("*", port(text));
    }
    int colon;
    String host;
    if (text.startsWith("[")) {
      int end = text.indexOf(']');
      colon = end + 1;
      if (end < 0 || colon == text.length() || text.charAt(colon) != ':') {
        throw new MalformedKeyException("a host and port are not written host:port");
      }
      host = text.substring(1, end);
    } else {
      colon = text.indexOf(':');
      if (colon < 0) {
        throw new MalformedKeyException("a host and port are not written host:port");
      }
      host = text.substring(0, colon);
    }
    if (host.isEmpty() || host.length() >= MOST_HOST) {
      throw new MalformedKeyException("a host that may be forwarded has no name or a long one");
    }
    return new PermittedPort(host, port(text.substring(colon + 1)));
  }

  /** Whether a channel may be opened to this host and port. */
  boolean allowsOpening(String wantedHost, int wantedPort) {
    return (host.equals("*") || host.equalsIgnoreCase(wantedHost)) && allows(wantedPort);
  }

  /**
   * Whether a listener may be made on this address and port. Port 0, a free one, is only allowed by
   * name or by {@code *}.
   */
  boolean allowsListening(String wantedHost, int wantedPort) {
    return NamePattern.matches(host.toLowerCase(Locale.ROOT), wantedHost.toLowerCase(Locale.ROOT))
        && allows(wantedPort);
  }

  private boolean allows(int wanted) {
    return port == 0 || port == wanted;
  }

  private static int port(String text) throws MalformedKeyException {
    if (text.equals("*")) {
      return 0;
    }
    if (!text.matches("\\d{1,5}")
        || Integer.parseInt(text) > 65_535
        || Integer.parseInt(text) == 0) {
      throw new MalformedKeyException("a port that may be forwarded is not one");
    }
    return Integer.parseInt(text);
  }
}

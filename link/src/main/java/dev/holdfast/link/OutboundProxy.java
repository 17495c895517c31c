package dev.holdfast.link;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * A proxy that this machine's user wants connections to go through, as an environment variable
 * names it: {@code [scheme://][user:password@]host[:port][/]}.
 *
 * <p>As curl reads it: no scheme is {@code http}, no port is 1080; user and password may be
 * percent-encoded (RFC 3986 section 2.1). {@code socks} is what GNOME writes for SOCKS5.
 *
 * @param variable the environment variable it came from, for people
 */
record OutboundProxy(
    String variable, Kind kind, Destination at, Optional<Credentials> credentials) {
  static final int DEFAULT_PORT = 1080;

  /** How the proxy is spoken to. */
  enum Kind {
    /** CONNECT (RFC 9110 section 9.3.6). */
    HTTP("http"),
    /** SOCKS5 (RFC 1928), names resolved here. */
    SOCKS5("socks5"),
    /** SOCKS5 (RFC 1928), names resolved by the proxy. */
    SOCKS5H("socks5h");

    final String scheme;

    Kind(String scheme) {
      this.scheme = scheme;
    }
  }

  /** A user and a password; never printed. */
  record Credentials(String user, String password) {
    @Override
    public String toString() {
      return "(credentials)";
    }
  }

  /** Reads the value of {@code variable}; errors never repeat it, for it may hold a password. */
  static OutboundProxy parse(String variable, String url) throws DialException {
    String text = url.strip();
    int colon = text.indexOf("://");
    String rest = colon < 0 ? text : text.substring(colon + 3);
    Kind kind = kind(variable, colon < 0 ? "http" : text.substring(0, colon));
    String authority = rest.split("[/?#]", 2)[0];
    int at = authority.lastIndexOf('@');
    Optional<Credentials> credentials =
        at < 0
            ? Optional.empty()
            : Optional.of(credentials(variable, kind, authority.substring(0, at)));
    return new OutboundProxy(
        variable, kind, destination(variable, authority.substring(at + 1)), credentials);
  }

  private static Kind kind(String variable, String scheme) throws DialException {
    return switch (scheme.toLowerCase(Locale.ROOT)) {
      case "http" -> Kind.HTTP;
      case "socks5" -> Kind.SOCKS5;
      case "socks5h", "socks" -> Kind.SOCKS5H;
      default -> throw bad(variable, "only http, socks5 and socks5h proxies are spoken to");
    };
  }

  private static Credentials credentials(String variable, Kind kind, String info)
      throws DialException {
    int colon = info.indexOf(':');
    String user = decode(variable, colon < 0 ? info : info.substring(0, colon));
    String password = decode(variable, colon < 0 ? "" : info.substring(colon + 1));
    if (kind == Kind.HTTP && user.indexOf(':') >= 0) {
      throw bad(variable, "a user's name for an HTTP proxy has no colon");
    }
    if (kind != Kind.HTTP && !(Socks5Connect.fits(user) && Socks5Connect.fits(password))) {
      throw bad(variable, "user and password for a SOCKS5 proxy are 1 to 255 bytes each");
    }
    return new Credentials(user, password);
  }

  private static Destination destination(String variable, String hostAndPort) throws DialException {
    int bracket = hostAndPort.lastIndexOf(']');
    int colon = hostAndPort.indexOf(':', bracket + 1);
    String host = colon < 0 ? hostAndPort : hostAndPort.substring(0, colon);
    String port = colon < 0 ? "" : hostAndPort.substring(colon + 1);
    try {
      return new Destination(host, port.isEmpty() ? DEFAULT_PORT : Ports.parse(port));
    } catch (IllegalArgumentException e) {
      throw new DialException(new DialFailure.BadProxy(variable, "its host or port is not one"), e);
    }
  }

  /**
   * Percent-decoding to UTF-8. Control characters have no business in a user's name or a password.
   */
  private static String decode(String variable, String text) throws DialException {
    byte[] in = text.getBytes(StandardCharsets.UTF_8);
    byte[] out = new byte[in.length];
    int length = 0;
    for (int i = 0; i < in.length; i++) {
      int b = in[i];
      if (b == '%') {
        b = i + 2 < in.length ? hex(in[i + 1], in[i + 2]) : -1;
        i += 2;
        if (b < 0) {
          throw bad(variable, "a % in user or password is written %25");
        }
      }
      if ((b >= 0 && b < 0x20) || b == 0x7f) {
        throw bad(variable, "there is a control character in user or password");
      }
      out[length++] = (byte) b;
    }
    return new String(out, 0, length, StandardCharsets.UTF_8);
  }

  private static int hex(byte high, byte low) {
    int h = Character.digit(high, 16);
    int l = Character.digit(low, 16);
    return h < 0 || l < 0 ? -1 : (h << 4) | l;
  }

  private static DialException bad(String variable, String why) {
    return new DialException(new DialFailure.BadProxy(variable, why));
  }

  /** {@code scheme://host:port}, without credentials. */
  @Override
  public String toString() {
    return kind.scheme + "://" + at;
  }
}

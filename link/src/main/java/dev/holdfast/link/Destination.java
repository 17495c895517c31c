package dev.holdfast.link;

import java.net.IDN;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a link is to lead: a host, by name or as an address literal, and a TCP port.
 *
 * <p>A name is kept in its ASCII form (RFC 5891) and lower case, without a trailing dot; a literal
 * without brackets. What could break out of a request line, a log line or a SOCKS field cannot be
 * held by this type.
 *
 * @param host 1..255 characters (a SOCKS5 name's length is one byte, RFC 1928 section 5)
 * @param port 1..65535
 */
public record Destination(String host, int port) implements Behind {
  public static final int MAX_HOST_LENGTH = 255;

  /** Labels of what host names are made of, and of the underscore that some have. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9_-]+(\\.[a-z0-9_-]+)*+");

  public Destination {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("A port is 1 to 65535, not " + port + ".");
    }
    host = canonical(host);
  }

  /** The address, if the host is a literal; nothing is looked up. */
  Optional<InetAddress> literal() {
    return literal(host);
  }

  /**
   * The address that {@code text} spells, in any form a resolver takes as a literal; nothing is
   * looked up.
   */
  static Optional<InetAddress> literal(String text) {
    if (text.isEmpty() || !(text.indexOf(':') >= 0 || Character.digit(text.charAt(0), 10) >= 0)) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /**
   * True for a link-local address with its zone: it has a meaning on this machine only (RFC 4007
   * section 6).
   */
  boolean hasZone() {
    return literal().filter(a -> a instanceof Inet6Address v6 && v6.getScopeId() != 0).isPresent();
  }

  /** {@code host:port}, with brackets around an IPv6 literal (RFC 3986 section 3.2.2). */
  String authority() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }

  @Override
  public String toString() {
    return authority();
  }

  private static String canonical(String host) {
    String bare =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    if (bare.indexOf(':') >= 0) {
      if (!bare.chars().allMatch(c -> c > ' ' && c < 127) || literal(bare).isEmpty()) {
        throw new IllegalArgumentException("The host is neither a name nor an address.");
      }
      return bare;
    }
    return canonicalName(bare);
  }

  private static String canonicalName(String host) {
    String ascii = ascii(host).toLowerCase(Locale.ROOT);
    String name = ascii.endsWith(".") ? ascii.substring(0, ascii.length() - 1) : ascii;
    if (name.length() > MAX_HOST_LENGTH || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("The host is neither a name nor an address.");
    }
    return name;
  }

  private static String ascii(String name) {
    if (name.chars().allMatch(c -> c < 128)) {
      return name;
    }
    try {
      return IDN.toASCII(name);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("The host is neither a name nor an address.", e);
    }
  }
}

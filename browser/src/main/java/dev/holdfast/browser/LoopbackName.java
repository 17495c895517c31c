package dev.holdfast.browser;

import java.util.Locale;

/** The names and addresses by which a machine calls itself. */
final class LoopbackName {
  private static final String LOCALHOST = "localhost";

  private LoopbackName() {}

  /** Whether it is {@code localhost}, a name below that (RFC 6761 6.3), or a loopback address. */
  static boolean is(String host) {
    return isLocalhost(host) || isAddress4(host) || isAddress6(host);
  }

  /** {@code localhost} and what ends in {@code .localhost}, in any letters. */
  static boolean isLocalhost(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    name = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    return name.equals(LOCALHOST) || name.endsWith("." + LOCALHOST);
  }

  /** 127.0.0.0/8, and 0.0.0.0, which every system takes for itself. */
  private static boolean isAddress4(String host) {
    return host.matches("127(\\.(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])){3}") || host.equals("0.0.0.0");
  }

  private static boolean isAddress6(String host) {
    String bare =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    return bare.equals("::1")
        || bare.equals("::")
        || bare.equals("0:0:0:0:0:0:0:1")
        || bare.equals("0:0:0:0:0:0:0:0");
  }

  /** What the server is asked to dial for such a name. */
  static String dialled(String host) {
    if (isLocalhost(host) || host.equals("0.0.0.0")) {
      return LOCALHOST;
    }
    return isAddress6(host) ? (host.contains("1") ? "::1" : LOCALHOST) : host;
  }
}

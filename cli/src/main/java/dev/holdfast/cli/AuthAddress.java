package dev.holdfast.cli;

import dev.holdfast.link.Destination;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Where an auth service is: {@code host}, {@code host:port}, {@code [::1]:port}.
 *
 * @param host a name or an address
 */
record AuthAddress(String host, int port) {
  AuthAddress(String text) {
    this(hostOf(text), portOf(text));
  }

  private static String hostOf(String text) {
    if (text.startsWith("[") && text.contains("]")) {
      return text.substring(1, text.indexOf(']'));
    }
    int colon = text.lastIndexOf(':');
    return colon < 0 || text.indexOf(':') != colon ? text : text.substring(0, colon);
  }

  private static int portOf(String text) {
    int colon = text.lastIndexOf(':');
    boolean isPort = colon >= 0 && (text.indexOf(':') == colon || text.charAt(colon - 1) == ']');
    try {
      int port = isPort ? Integer.parseInt(text.substring(colon + 1)) : AuthConfiguration.PORT;
      if (port > 0 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new TypeConversionException("'" + text + "' is not HOST[:PORT]");
  }

  /**
   * The same to be dialled.
   *
   * @throws TypeConversionException if nothing can be called so
   */
  Destination destination() {
    try {
      return new Destination(host, port);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'" + this + "' is not HOST[:PORT]");
    }
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /** Reads it from a command line. */
  static final class Converter implements ITypeConverter<AuthAddress> {
    @Override
    public AuthAddress convert(String text) {
      return new AuthAddress(text);
    }
  }
}

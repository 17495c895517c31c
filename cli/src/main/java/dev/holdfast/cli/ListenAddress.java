package dev.holdfast.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads an address to listen at: {@code 2222}, {@code :2222} and {@code *:2222} for all addresses
 * of this machine, {@code 127.0.0.1:2222}, {@code [::1]:2222}, {@code localhost:2222}.
 */
final class ListenAddress implements ITypeConverter<InetSocketAddress> {
  @Override
  public InetSocketAddress convert(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    int port = port(text, text.substring(colon + 1));
    if (host.isEmpty() || host.equals("*")) {
      return new InetSocketAddress(port);
    }
    if (host.contains(":") && !(host.startsWith("[") && host.endsWith("]"))) {
      throw new TypeConversionException("'" + text + "': write an IPv6 address as [ADDRESS]:PORT");
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      throw new TypeConversionException("no address is known for '" + host + "'");
    }
  }

  /** A port from 0, which lets the system choose, to 65535. */
  private static int port(String text, String digits) {
    try {
      int port = Integer.parseInt(digits);
      if (port >= 0 && port <= 65535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new TypeConversionException("'" + text + "' is not [HOST:]PORT");
  }
}

package dev.holdfast.cli;

import dev.holdfast.link.Destination;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads an address to connect to: {@code HOST:PORT}, or {@code :PORT} and {@code PORT} for this
 * machine.
 */
final class DestinationAddress implements ITypeConverter<Destination> {
  @Override
  public Destination convert(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon <= 0 ? "localhost" : text.substring(0, colon);
    return of(host, text.substring(colon + 1), text);
  }

  /** A destination of a host and a port as typed. */
  static Destination of(String host, String port, String text) {
    try {
      return new Destination(host, Integer.parseInt(port));
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + text + "' has no port number at its end");
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'" + text + "': " + e.getMessage());
    }
  }
}

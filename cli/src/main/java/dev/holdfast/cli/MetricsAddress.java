package dev.holdfast.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;

/**
 * Reads an address to serve figures at: as {@link ListenAddress}, but a port alone is one of this
 * machine's own, that nobody else reaches.
 */
final class MetricsAddress implements ITypeConverter<InetSocketAddress> {
  @Override
  public InetSocketAddress convert(String text) {
    InetSocketAddress address = new ListenAddress().convert(text);
    return text.lastIndexOf(':') <= 0
        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), address.getPort())
        : address;
  }
}

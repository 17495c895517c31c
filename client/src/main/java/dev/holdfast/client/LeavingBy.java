package dev.holdfast.client;

import dev.holdfast.link.Way;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** The way out of this machine that a configuration asks for (sshconnect.c, ssh_create_socket). */
final class LeavingBy {
  private LeavingBy() {}

  static Way of(ClientConfig config) throws IOException {
    Way.Family family =
        switch (config.get(ClientOptions.ADDRESS_FAMILY)) {
          case ANY -> Way.Family.ANY;
          case INET -> Way.Family.INET;
          case INET6 -> Way.Family.INET6;
        };
    return new Way(family, from(config), config.get(ClientOptions.TCP_KEEP_ALIVE));
  }

  private static List<InetAddress> from(ClientConfig config) throws IOException {
    Optional<String> address = config.find(ClientOptions.BIND_ADDRESS);
    Optional<String> device = config.find(ClientOptions.BIND_INTERFACE);
    if (address.isPresent()) {
      return resolved(address.get());
    }
    return device.isPresent() ? addresses(device.get()) : List.of();
  }

  private static List<InetAddress> resolved(String address) throws IOException {
    try {
      return List.of(InetAddress.getAllByName(address));
    } catch (UnknownHostException e) {
      throw new IOException("getaddrinfo: " + address + ": Name or service not known", e);
    }
  }

  /** The first of each family, but link-local ones, which lead nowhere else. */
  private static List<InetAddress> addresses(String name) throws IOException {
    NetworkInterface device = NetworkInterface.getByName(name);
    List<InetAddress> found = new ArrayList<>();
    if (device != null && device.isUp()) {
      Collections.list(device.getInetAddresses()).stream()
          .filter(each -> each instanceof Inet4Address || !each.isLinkLocalAddress())
          .forEach(found::add);
    }
    if (found.isEmpty()) {
      throw new IOException("getifaddrs: " + name + ": no suitable addresses");
    }
    return found;
  }
}

package dev.holdfast.link;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Where this machine stands in the network: its interfaces that have addresses and are up with a
 * carrier, and those addresses. Two that are equal mean that nothing has changed which a connection
 * would notice, routes aside.
 *
 * @param addresses by interface name
 * @param states on Linux the kernel's list of IPv6 addresses with their states, so that an address
 *     which has become usable (RFC 4862 section 5.4, duplicate address detection) is a change; else
 *     empty
 */
record Whereabouts(Map<String, Set<InetAddress>> addresses, String states) {
  private static final Path IPV6_ADDRESSES = Path.of("/proc/net/if_inet6");

  /** More of the kernel's list is not read: about a thousand addresses. */
  private static final int MAX_STATES_BYTES = 64 * 1024;

  static Whereabouts now() throws IOException {
    Map<String, Set<InetAddress>> addresses = new HashMap<>();
    for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
      if (isUp(each)) {
        addresses.put(each.getName(), new HashSet<>(Collections.list(each.getInetAddresses())));
      }
    }
    return new Whereabouts(addresses, readStates());
  }

  /** An interface may go away between being listed and being asked. */
  private static boolean isUp(NetworkInterface each) {
    try {
      return each.isUp();
    } catch (SocketException _) {
      return false;
    }
  }

  private static String readStates() throws IOException {
    if (!Files.isReadable(IPV6_ADDRESSES)) {
      return "";
    }
    try (InputStream in = Files.newInputStream(IPV6_ADDRESSES)) {
      return new String(in.readNBytes(MAX_STATES_BYTES), StandardCharsets.US_ASCII);
    }
  }
}

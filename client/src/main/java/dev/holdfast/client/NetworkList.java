package dev.holdfast.client;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Networks in CIDR notation, parted by commas (ssh_config(5), Match localnetwork). */
record NetworkList(List<Network> networks) {
  /** Networks in one list. */
  static final int MOST = 1024;

  /** Addresses that begin with the same {@code bits} as {@code address}. */
  record Network(byte[] address, int bits) {
    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit & 7);
        if ((address[bit >> 3] & mask) != (other[bit >> 3] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  static NetworkList of(String text) throws BadValue {
    List<Network> networks = new ArrayList<>();
    for (String one : text.split(",", -1)) {
      if (networks.size() == MOST) {
        throw new BadValue("more than " + MOST + " networks");
      }
      networks.add(network(one));
    }
    return new NetworkList(List.copyOf(networks));
  }

  private static Network network(String text) throws BadValue {
    int slash = text.indexOf('/');
    try {
      byte[] address =
          InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash)).getAddress();
      int all = address.length * 8;
      int bits = slash < 0 ? all : Integer.parseInt(text.substring(slash + 1));
      if (bits >= 0 && bits <= all && hasNoHost(address, bits)) {
        return new Network(address, bits);
      }
    } catch (IllegalArgumentException _) {
      // Said below.
    }
    throw new BadValue("\"" + text + "\" is not a network such as 192.0.2.0/24");
  }

  private static boolean hasNoHost(byte[] address, int bits) {
    for (int bit = bits; bit < address.length * 8; bit++) {
      if ((address[bit >> 3] & (0x80 >> (bit & 7))) != 0) {
        return false;
      }
    }
    return true;
  }

  boolean contains(InetAddress address) {
    return networks.stream().anyMatch(network -> network.contains(address.getAddress()));
  }
}

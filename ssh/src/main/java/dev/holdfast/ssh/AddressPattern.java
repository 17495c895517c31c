package dev.holdfast.ssh;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Lists of addresses, networks and host names, as in {@code from="..."} and {@code source-address}
 * (sshd(8), ssh-keygen(1)): {@code 192.0.2.1}, {@code 2001:db8::/32}, {@code *.example.com}.
 */
final class AddressPattern {
  private AddressPattern() {}

  /**
   * A network.
   *
   * @param prefix leading bits that count
   */
  record Network(byte[] address, int prefix) {
    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      for (int bit = 0; bit < prefix; bit++) {
        int mask = 0x80 >> (bit % 8);
        if (((address[bit / 8] ^ other[bit / 8]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }

    boolean hasHostBits() {
      for (int bit = prefix; bit < address.length * 8; bit++) {
        if ((address[bit / 8] & (0x80 >> (bit % 8))) != 0) {
          return true;
        }
      }
      return false;
    }
  }

  /** An address, or address/prefix; null if {@code text} is neither. */
  static @Nullable Network network(String text) {
    int slash = text.indexOf('/');
    byte[] address = address(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      return null;
    }
    if (slash < 0) {
      return new Network(address, address.length * 8);
    }
    int prefix = number(text.substring(slash + 1));
    return prefix < 0 || prefix > address.length * 8 ? null : new Network(address, prefix);
  }

  /** Whether every part of a list of networks is one, with no bits set behind the prefix. */
  static boolean areNetworks(String list) {
    for (String part : list.split(",", -1)) {
      Network network = network(part);
      if (network == null || network.hasHostBits()) {
        return false;
      }
    }
    return true;
  }

  /** Whether {@code address} is in one of a list of networks, of which every part is good. */
  static boolean isInNetworks(String list, InetAddress address) {
    if (!areNetworks(list)) {
      return false;
    }
    for (String part : list.split(",", -1)) {
      Network network = network(part);
      if (network != null && network.contains(address.getAddress())) {
        return true;
      }
    }
    return false;
  }

  /**
   * What a list of patterns, addresses and networks says of a peer.
   *
   * @param host its name, or its address where names are not looked up
   */
  static NamePattern.Verdict ask(List<String> list, InetAddress address, String host) {
    NamePattern.Verdict verdict = NamePattern.Verdict.NO;
    for (String entry : list) {
      boolean refuses = entry.startsWith("!");
      if (matches(refuses ? entry.substring(1) : entry, address, host)) {
        if (refuses) {
          return NamePattern.Verdict.REFUSED;
        }
        verdict = NamePattern.Verdict.YES;
      }
    }
    return verdict;
  }

  private static boolean matches(String pattern, InetAddress address, String host) {
    Network network = network(pattern);
    if (network != null) {
      return network.contains(address.getAddress());
    }
    String lower = pattern.toLowerCase(Locale.ROOT);
    return NamePattern.matches(lower, host.toLowerCase(Locale.ROOT))
        || NamePattern.matches(lower, text(address));
  }

  /** An address as OpenSSH prints it, without a zone. */
  static String text(InetAddress address) {
    if (address.getAddress().length == 4) {
      return address.getHostAddress();
    }
    return InetAddressText.of(address.getAddress());
  }

  /** The bytes of an address written in numbers; null for names: nothing is looked up. */
  private static byte @Nullable [] address(String text) {
    if (text.isEmpty()
        || !text.chars().allMatch(c -> Character.digit(c, 16) >= 0 || c == ':' || c == '.')) {
      return null;
    }
    boolean six = text.indexOf(':') >= 0;
    if (!six && !text.matches("\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}")) {
      return null;
    }
    try {
      return InetAddress.ofLiteral(text).getAddress();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static int number(String digits) {
    return digits.matches("\\d{1,3}") ? Integer.parseInt(digits) : -1;
  }
}

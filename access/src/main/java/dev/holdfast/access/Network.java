package dev.holdfast.access;

import java.net.InetAddress;

/**
 * The addresses that begin with the same bits.
 *
 * @param address of which the first {@code prefix} bits count
 * @param prefix 0 to 32, or to 128
 */
public record Network(InetAddress address, int prefix) {
  public Network {
    if (prefix < 0 || prefix > 8 * address.getAddress().length) {
      throw new IllegalArgumentException("a prefix of " + prefix + " bits");
    }
  }

  /** The network of {@code prefix4} or {@code prefix6} bits that {@code address} is in. */
  public static Network around(InetAddress address, int prefix4, int prefix6) {
    return new Network(address, address.getAddress().length == 4 ? prefix4 : prefix6);
  }

  /**
   * Reads {@code ADDRESS/PREFIX}, or an address alone.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static Network parse(String text) {
    int slash = text.indexOf('/');
    InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
    int whole = 8 * address.getAddress().length;
    return new Network(address, slash < 0 ? whole : Integer.parseInt(text.substring(slash + 1)));
  }

  /** Whether {@code other} is in it. */
  public boolean contains(InetAddress other) {
    byte[] mine = address.getAddress();
    byte[] its = other.getAddress();
    if (mine.length != its.length) {
      return false;
    }
    for (int bit = 0; bit < prefix; bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((mine[bit / 8] & mask) != (its[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }
}

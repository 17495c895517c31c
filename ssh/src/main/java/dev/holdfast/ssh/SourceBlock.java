package dev.holdfast.ssh;

import java.net.InetAddress;
import java.util.HexFormat;

/**
 * How large a network counts as one source of connections (sshd_config(5), PerSourceNetBlockSize).
 *
 * @param four leading bits of an IPv4 address
 * @param six leading bits of an IPv6 address
 */
public record SourceBlock(int four, int six) {
  static SourceBlock parse(String value) throws BadValueException {
    String[] parts = value.split(":", -1);
    if (parts.length > 2) {
      throw new BadValueException("is written as 32:128");
    }
    int four = OptionSyntax.number(parts[0], 0, 32);
    return new SourceBlock(four, parts.length == 1 ? 128 : OptionSyntax.number(parts[1], 0, 128));
  }

  /** A name for the network that {@code address} is in. */
  String of(InetAddress address) {
    byte[] bytes = address.getAddress();
    int prefix = bytes.length == 4 ? four : six;
    for (int bit = prefix; bit < bytes.length * 8; bit++) {
      bytes[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
    }
    return HexFormat.of().formatHex(bytes);
  }
}

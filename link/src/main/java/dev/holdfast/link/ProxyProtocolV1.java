package dev.holdfast.link;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Version 1 of the PROXY protocol (section 2.1): one line of at most 107 characters.
 *
 * <pre>
 *   PROXY TCP4 192.0.2.1 192.0.2.2 56324 443 CRLF     source, destination, and their ports
 *   PROXY TCP6 2001:db8::1 2001:db8::2 56324 443 CRLF
 *   PROXY UNKNOWN ... CRLF                             what follows is not looked at
 * </pre>
 */
final class ProxyProtocolV1 {
  static final byte[] PREFIX = "PROXY ".getBytes(StandardCharsets.US_ASCII);
  static final int MAX_LINE_BYTES = 107;

  private static final byte[] UNKNOWN = "PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final Pattern DOTTED =
      Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");
  private static final Pattern COLONS = Pattern.compile("[0-9A-Fa-f:.]+");

  private ProxyProtocolV1() {}

  /**
   * The line for a connection from {@code source} to {@code destination}. If one of them is IPv6,
   * both are written so.
   */
  static byte[] encode(InetSocketAddress source, InetSocketAddress destination) {
    boolean four = isFour(source) && isFour(destination);
    String line =
        String.join(
            " ",
            "PROXY",
            four ? "TCP4" : "TCP6",
            text(source.getAddress(), four),
            text(destination.getAddress(), four),
            Integer.toString(source.getPort()),
            Integer.toString(destination.getPort()));
    return (line + "\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  /** The line of a connection whose origin is not told. */
  static byte[] encodeUnknown() {
    return UNKNOWN.clone();
  }

  static ProxyHeader parse(ByteBuffer in) throws ProxyProtocolException {
    if (!ProxyProtocol.beginsLike(in, PREFIX)) {
      return new ProxyHeader.Absent();
    }
    int end = endOfLine(in);
    if (end < 0) {
      return new ProxyHeader.Incomplete(in.remaining() + 1);
    }
    String line = StandardCharsets.ISO_8859_1.decode(in.slice(0, end)).toString();
    return header(line.split(" ", -1), end + 2);
  }

  /** Where CR LF begins, or -1 if it has not come yet. */
  private static int endOfLine(ByteBuffer in) throws ProxyProtocolException {
    int limit = Math.min(in.remaining(), MAX_LINE_BYTES);
    for (int i = PREFIX.length; i < limit; i++) {
      if (in.get(i) == '\n') {
        if (in.get(i - 1) != '\r') {
          throw new ProxyProtocolException("A PROXY line does not end in CR LF.");
        }
        return i - 1;
      }
    }
    if (limit == MAX_LINE_BYTES) {
      throw new ProxyProtocolException("A PROXY line is longer than " + MAX_LINE_BYTES + " bytes.");
    }
    return -1;
  }

  private static ProxyHeader header(String[] words, int length) throws ProxyProtocolException {
    if (words[1].equals("UNKNOWN")) {
      return new ProxyHeader.Local(length);
    }
    boolean four = words[1].equals("TCP4");
    if (words.length != 6 || !(four || words[1].equals("TCP6"))) {
      throw new ProxyProtocolException("A PROXY line names no TCP4, TCP6 or UNKNOWN connection.");
    }
    return new ProxyHeader.Relayed(
        end(words[2], words[4], four), end(words[3], words[5], four), length);
  }

  private static InetSocketAddress end(String address, String port, boolean four)
      throws ProxyProtocolException {
    Optional<InetAddress> parsed =
        (four ? DOTTED : COLONS).matcher(address).matches() && four == (address.indexOf(':') < 0)
            ? Destination.literal(address)
            : Optional.empty();
    boolean zero = port.equals("0");
    if (parsed.isEmpty() || !(zero || (Ports.find(port).isPresent() && !port.startsWith("0")))) {
      throw new ProxyProtocolException("A PROXY line holds no address and port where they belong.");
    }
    return new InetSocketAddress(parsed.get(), zero ? 0 : Ports.parse(port));
  }

  private static boolean isFour(InetSocketAddress end) {
    return end.getAddress() instanceof Inet4Address;
  }

  private static String text(InetAddress address, boolean four) {
    String text = address.getHostAddress();
    if (four) {
      return text;
    }
    int zone = text.indexOf('%');
    return address instanceof Inet4Address
        ? "::ffff:" + text
        : zone < 0 ? text : text.substring(0, zone);
  }
}

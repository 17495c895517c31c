package dev.holdfast.link;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The hosts that no proxy is used for, as {@code NO_PROXY} lists them, separated by commas or
 * spaces:
 *
 * <pre>
 *   *                     every host
 *   example.org           the host and all below it; .example.org and *.example.org say the same
 *   192.0.2.7  2001:db8::7 [2001:db8::7]   an address
 *   192.0.2.0/24  2001:db8::/32            a network (RFC 4632, RFC 4291 section 2.3)
 *   any of these:port     only for that port; IPv6 then in brackets
 * </pre>
 *
 * Names are compared without regard to case or a trailing dot; addresses and networks only with
 * hosts given as addresses: nothing is looked up. An entry that cannot be read matches nothing.
 * Loopback is never proxied, nor an address with a zone, which has a meaning on this machine only.
 */
final class NoProxy {
  private final List<Entry> entries;

  private NoProxy(List<Entry> entries) {
    this.entries = entries;
  }

  static NoProxy parse(String list) {
    return new NoProxy(
        Arrays.stream(list.split("[,\\s]+"))
            .filter(e -> !e.isEmpty())
            .map(NoProxy::entry)
            .flatMap(Optional::stream)
            .toList());
  }

  boolean covers(Destination to) {
    InetAddress literal = to.literal().orElse(null);
    return isThisMachine(to, literal) || entries.stream().anyMatch(e -> e.matches(to, literal));
  }

  private static boolean isThisMachine(Destination to, @Nullable InetAddress literal) {
    if (literal != null) {
      return literal.isLoopbackAddress() || literal.isAnyLocalAddress() || to.hasZone();
    }
    return to.host().equals("localhost") || to.host().endsWith(".localhost");
  }

  /** One entry. {@code port} 0 stands for every port. */
  private sealed interface Entry {
    int port();

    boolean matchesHost(Destination to, @Nullable InetAddress literal);

    default boolean matches(Destination to, @Nullable InetAddress literal) {
      return (port() == 0 || port() == to.port()) && matchesHost(to, literal);
    }
  }

  private record Everything(int port) implements Entry {
    @Override
    public boolean matchesHost(Destination to, @Nullable InetAddress literal) {
      return true;
    }
  }

  private record Domain(String name, int port) implements Entry {
    @Override
    public boolean matchesHost(Destination to, @Nullable InetAddress literal) {
      return literal == null && (to.host().equals(name) || to.host().endsWith("." + name));
    }
  }

  private record Network(InetAddress address, int prefix, int port) implements Entry {
    @Override
    public boolean matchesHost(Destination to, @Nullable InetAddress literal) {
      if (literal == null) {
        return false;
      }
      byte[] ours = address.getAddress();
      byte[] theirs = literal.getAddress();
      if (ours.length != theirs.length) {
        return false;
      }
      int whole = prefix / 8;
      int mask = (0xff00 >> (prefix % 8)) & 0xff;
      return Arrays.equals(ours, 0, whole, theirs, 0, whole)
          && (mask == 0 || ((ours[whole] ^ theirs[whole]) & mask) == 0);
    }
  }

  private static Optional<Entry> entry(String text) {
    if (Destination.literal(text).isPresent()) {
      return host(text, 0);
    }
    int colon = text.lastIndexOf(':');
    boolean isNetwork = text.indexOf('/') >= 0;
    if (colon < 0 || isNetwork || text.endsWith("]")) {
      return host(text, 0);
    }
    Optional<Integer> port = Ports.find(text.substring(colon + 1));
    return port.flatMap(p -> host(text.substring(0, colon), p));
  }

  private static Optional<Entry> host(String text, int port) {
    if (text.equals("*")) {
      return Optional.of(new Everything(port));
    }
    int slash = text.indexOf('/');
    String host = slash < 0 ? text : text.substring(0, slash);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    Optional<InetAddress> address =
        Destination.literal(bracketed ? host.substring(1, host.length() - 1) : host);
    if (address.isPresent()) {
      int bits = address.get().getAddress().length * 8;
      return prefix(slash < 0 ? "" + bits : text.substring(slash + 1), bits)
          .map(p -> new Network(address.get(), p, port));
    }
    return slash < 0 ? domain(host, port) : Optional.empty();
  }

  private static Optional<Integer> prefix(String text, int bits) {
    boolean digits =
        !text.isEmpty() && text.length() <= 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return digits && Integer.parseInt(text) <= bits
        ? Optional.of(Integer.parseInt(text))
        : Optional.empty();
  }

  private static Optional<Entry> domain(String text, int port) {
    String name = text.replaceFirst("^\\*?\\.", "").toLowerCase(Locale.ROOT);
    String undotted = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    return undotted.isEmpty() ? Optional.empty() : Optional.of(new Domain(undotted, port));
  }
}

package dev.holdfast.link;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * How a connection is to leave this machine (ssh_config(5), AddressFamily, BindAddress,
 * BindInterface, TCPKeepAlive).
 *
 * @param family of the addresses that may be dialled
 * @param from our own address, one for a family; any if it is empty
 * @param keepAlive whether TCP asks a silent peer now and then whether it is there
 */
public record Way(Family family, List<InetAddress> from, boolean keepAlive) {
  /** Whichever there is. */
  public static final Way ANY = new Way(Family.ANY, List.of(), true);

  /** Kinds of addresses. */
  public enum Family {
    ANY,
    INET,
    INET6
  }

  public Way {
    from = List.copyOf(from);
  }

  /** Those of the addresses to which this way leads. */
  List<InetAddress> among(List<InetAddress> addresses) {
    return addresses.stream().filter(this::leadsTo).toList();
  }

  private boolean leadsTo(InetAddress address) {
    boolean isFamily =
        switch (family) {
          case ANY -> true;
          case INET -> address instanceof Inet4Address;
          case INET6 -> !(address instanceof Inet4Address);
        };
    return isFamily && (from.isEmpty() || from(address).isPresent());
  }

  /** Our own address for a connection to that one. */
  Optional<InetAddress> from(InetAddress to) {
    return from.stream().filter(own -> own.getClass().equals(to.getClass())).findFirst();
  }
}

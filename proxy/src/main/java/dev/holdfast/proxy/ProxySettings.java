package dev.holdfast.proxy;

import dev.holdfast.access.Network;
import dev.holdfast.access.TicketKeys;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * How a proxy is to work.
 *
 * @param listen addresses to accept users and nodes at
 * @param state directory for the sockets by which its processes find each other
 * @param hostKeys that it proves itself by, at most one of each type
 * @param ticketKeys that tickets are signed and believed by, asked for each
 * @param ticketTime for which a ticket counts without anybody being asked
 * @param ticketRenewable for which it can be renewed, from when it was last
 * @param ticketFrom which addresses a ticket counts from
 * @param proxies what clients are told to dial, HOST:PORT, asked for each; empty for what they
 *     dialled
 * @param dialBack where nodes are to dial back to, HOST:PORT; empty for where they dialled
 * @param balancers whose PROXY protocol header is believed
 * @param nodePatience how long a client waits here for a node that has no control link
 */
public record ProxySettings(
    List<InetSocketAddress> listen,
    Path state,
    List<KeyPair> hostKeys,
    Supplier<TicketKeys> ticketKeys,
    Duration ticketTime,
    Duration ticketRenewable,
    AddressPolicy ticketFrom,
    Supplier<List<String>> proxies,
    String dialBack,
    List<Network> balancers,
    Duration nodePatience) {
  /** Ten minutes: what a lock that nobody announces takes at most. */
  public static final Duration TICKET_TIME = Duration.ofMinutes(10);

  /** As long as a node keeps a stream without a link. */
  public static final Duration TICKET_RENEWABLE = Duration.ofHours(24);

  /** A node finds a proxy again within ten seconds; a client tries again meanwhile. */
  public static final Duration NODE_PATIENCE = Duration.ofSeconds(3);

  /** Which addresses a ticket counts from. */
  public enum AddressPolicy {
    /** All. */
    ANY,
    /** Those near the one that it was given to: 24 bits, or 48 of IPv6, are the same. */
    NETWORK,
    /** The one that it was given to. */
    ADDRESS
  }

  public ProxySettings {
    listen = List.copyOf(listen);
    hostKeys = List.copyOf(hostKeys);
    balancers = List.copyOf(balancers);
    if (!ticketTime.isPositive() || ticketRenewable.compareTo(ticketTime) < 0) {
      throw new IllegalArgumentException(ticketTime + " and " + ticketRenewable);
    }
  }
}

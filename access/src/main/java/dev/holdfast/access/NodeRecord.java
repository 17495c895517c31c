package dev.holdfast.access;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A machine that has joined the cluster, a node or a proxy.
 *
 * @param id given to it when it joined, and to no other one ever
 * @param name unique among the machines of its kind
 * @param hostKey its public key, as a line of authorized_keys without a comment; what it is known
 *     by
 * @param addresses where it is dialled directly, as host:port; empty if it is not
 * @param proxies names of the proxies that it holds a tunnel to
 * @param version of Holdfast
 * @param lastSeen its last heartbeat, by the clock of the store
 * @param online whether that is not too long ago, by the same clock
 */
public record NodeRecord(
    String id,
    ServiceKind kind,
    String name,
    String hostKey,
    Labels labels,
    List<String> addresses,
    List<String> proxies,
    String version,
    Optional<Instant> lastSeen,
    boolean online) {
  /** Addresses, and proxies, of one machine. */
  static final int MOST_PLACES = 64;

  /** What the auth service's own name begins with, by which clients know it. */
  public static final String SERVICE = "auth";

  /** What all proxies' common name begins with, by which clients and nodes know them. */
  public static final String PROXY = "proxy";

  /** Time between two heartbeats. */
  public static final Duration HEARTBEAT = Duration.ofSeconds(5);

  /** Silence after which a machine counts as offline. */
  public static final Duration SILENCE = Duration.ofSeconds(20);

  /** How long a machine that is offline is still listed. */
  public static final Duration REMEMBERED = Duration.ofDays(30);

  public NodeRecord {
    String first = Names.host(name).split("\\.", 2)[0];
    if (first.equals(SERVICE)) {
      throw new InvalidRecordException(
          "The name auth, and names that begin with 'auth.', are the auth service's own.");
    }
    if (kind == ServiceKind.NODE && first.equals(PROXY)) {
      throw new InvalidRecordException(
          "A node can't be called proxy, or 'proxy.' and more: that is what proxies are known by.");
    }
    checkPlaces(addresses, proxies);
    addresses = List.copyOf(addresses);
    proxies = List.copyOf(proxies);
  }

  static void checkPlaces(List<String> addresses, List<String> proxies) {
    if (addresses.size() > MOST_PLACES || proxies.size() > MOST_PLACES) {
      throw new InvalidRecordException(
          "A machine has more than " + MOST_PLACES + " addresses or proxies.");
    }
    addresses.forEach(NodeRecord::checkAddress);
    proxies.forEach(Names::host);
  }

  private static void checkAddress(String address) {
    if (!address.matches("[A-Za-z0-9.:\\[\\]%_-]{1,260}")) {
      throw new InvalidRecordException(
          "'%s' is not an address such as db1.example.com:2222."
              .formatted(Names.printable(address)));
    }
  }
}

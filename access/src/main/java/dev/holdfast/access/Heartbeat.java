package dev.holdfast.access;

import java.util.List;
import java.util.Optional;

/**
 * What a machine says of itself every {@link NodeRecord#HEARTBEAT}, itself or through a proxy.
 *
 * @param id of the machine
 * @param labels its own, over which those that its token gave it win
 * @param load what it has to do; nothing if it does not say
 */
public record Heartbeat(
    String id,
    Labels labels,
    List<String> addresses,
    List<String> proxies,
    String version,
    Optional<Load> load) {
  static final int MOST_VERSION = 64;

  /** One that says nothing of what the machine has to do. */
  public Heartbeat(
      String id, Labels labels, List<String> addresses, List<String> proxies, String version) {
    this(id, labels, addresses, proxies, version, Optional.empty());
  }

  public Heartbeat {
    NodeRecord.checkPlaces(addresses, proxies);
    addresses = List.copyOf(addresses);
    proxies = List.copyOf(proxies);
    if (version.length() > MOST_VERSION) {
      throw new InvalidRecordException("A version has at most " + MOST_VERSION + " characters.");
    }
    version = Names.printable(version);
  }
}

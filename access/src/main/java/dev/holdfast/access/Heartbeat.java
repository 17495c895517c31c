package dev.holdfast.access;

import java.util.List;

/**
 * What a machine says of itself every {@link NodeRecord#HEARTBEAT}, itself or through a proxy.
 *
 * @param id of the machine
 * @param labels its own, over which those that its token gave it win
 */
public record Heartbeat(
    String id, Labels labels, List<String> addresses, List<String> proxies, String version) {
  static final int MOST_VERSION = 64;

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

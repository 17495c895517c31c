package dev.holdfast.proxy;

import dev.holdfast.access.Network;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * How many callers of which nothing is proved yet may wait at once, in all and from one source: an
 * IPv4 address, or an IPv6 network of 64 bits. Thread-safe.
 */
final class SourceLimit {
  /** Callers of one source. */
  static final int MOST_OF_A_SOURCE = 256;

  /** Callers in all. */
  static final int MOST = 8192;

  private final Map<String, Integer> waiting = new HashMap<>();
  private int all;

  /** Whether one from {@code address} may wait; it has to {@link #leave} then. */
  synchronized boolean enter(InetAddress address) {
    String source = source(address);
    int there = waiting.getOrDefault(source, 0);
    if (all >= MOST || there >= MOST_OF_A_SOURCE) {
      return false;
    }
    waiting.put(source, there + 1);
    all++;
    return true;
  }

  synchronized void leave(InetAddress address) {
    waiting.computeIfPresent(source(address), (key, count) -> count == 1 ? null : count - 1);
    all--;
  }

  /** How many wait. */
  synchronized int size() {
    return all;
  }

  private static String source(InetAddress address) {
    byte[] bytes = Network.around(address, 32, 64).address().getAddress();
    int whole = bytes.length == 4 ? 4 : 8;
    return java.util.HexFormat.of().formatHex(bytes, 0, whole);
  }
}

package dev.holdfast.link;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that a dial may try, in the order of trying: the families take turns, beginning
 * with that of the first address (RFC 8305 section 4, First Address Family Count 1). Addresses may
 * be added while others are being tried; each is tried once.
 *
 * <p>Confined to the dial.
 */
final class Candidates {
  /** More addresses than this are not tried in one dial. */
  static final int MAX_ADDRESSES = 16;

  private final Set<InetAddress> seen = new HashSet<>();
  private final Deque<InetAddress> six = new ArrayDeque<>();
  private final Deque<InetAddress> four = new ArrayDeque<>();
  private boolean nextIsSix;

  /** Adds those not seen yet, keeping the order they have within their family. */
  void add(List<InetAddress> addresses) {
    for (InetAddress address : addresses) {
      if (seen.size() < MAX_ADDRESSES && seen.add(address)) {
        if (seen.size() == 1) {
          nextIsSix = address instanceof Inet6Address;
        }
        (address instanceof Inet6Address ? six : four).add(address);
      }
    }
  }

  boolean isEmpty() {
    return six.isEmpty() && four.isEmpty();
  }

  /** The next address to try, or null when all have been. */
  @Nullable InetAddress next() {
    InetAddress turn = (nextIsSix ? six : four).poll();
    if (turn == null) {
      return (nextIsSix ? four : six).poll();
    }
    nextIsSix = !nextIsSix;
    return turn;
  }

  /** All that are left, in the order of trying. */
  List<InetAddress> rest() {
    List<InetAddress> rest = new ArrayList<>();
    for (InetAddress address = next(); address != null; address = next()) {
      rest.add(address);
    }
    return rest;
  }
}

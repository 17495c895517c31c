package dev.holdfast.forward;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Which local ports an app may get: the one that it has; or else its own number; or else one that
 * depends on nothing but server and app, so that two machines choose alike. Pure.
 */
final class PortChoice {
  /** The first port of those that are computed. */
  static final int FIRST = 20_000;

  /** How many there are. */
  static final int COUNT = 10_000;

  /** How many of them are tried. */
  static final int TRIES = 50;

  /** Ports below need a privilege (ip(7)). */
  private static final int PRIVILEGED = 1024;

  private PortChoice() {}

  /**
   * The ports to try, in order.
   *
   * @param remembered the one that it has: then no other
   * @param taken ports that belong to other apps
   */
  static List<Integer> candidates(
      String server, FarAddress app, OptionalInt remembered, Set<Integer> taken) {
    if (remembered.isPresent()) {
      return List.of(remembered.getAsInt());
    }
    List<Integer> candidates = new ArrayList<>();
    if (app instanceof FarAddress.Port port && port.port() >= PRIVILEGED) {
      candidates.add(port.port());
    }
    int start = Math.floorMod((server + " " + app).hashCode(), COUNT);
    for (int i = 0; i < TRIES; i++) {
      candidates.add(FIRST + (start + i) % COUNT);
    }
    candidates.removeIf(taken::contains);
    return candidates;
  }
}

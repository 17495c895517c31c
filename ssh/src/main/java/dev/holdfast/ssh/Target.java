package dev.holdfast.ssh;

import java.security.KeyPair;
import java.time.Duration;
import java.util.List;

/**
 * Whom a client wants to reach, and as whom.
 *
 * @param user the name to log in with
 * @param keys to prove it with, tried in order
 * @param hostKey knows the server
 * @param prefixSent whether the eight bytes {@code SSH-2.0-}, with which the client's
 *     identification string begins, are on the stream already
 * @param patience for the login, from the first byte on; outages count
 */
public record Target(
    String user, List<KeyPair> keys, HostKeyCheck hostKey, boolean prefixSent, Duration patience) {
  public Target {
    keys = List.copyOf(keys);
    if (user.isEmpty() || !patience.isPositive()) {
      throw new IllegalArgumentException("user '" + user + "', patience " + patience);
    }
  }
}

package dev.holdfast.ssh;

import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Whom a client wants to reach, and as whom.
 *
 * @param user the name to log in with
 * @param identities to prove it with, in their order
 * @param keys to prove it with, tried after those, in order
 * @param person is asked for passwords and shown what the server says
 * @param hostKey knows the server
 * @param prefixSent whether the eight bytes {@code SSH-2.0-}, with which the client's
 *     identification string begins, are on the stream already
 * @param offer of algorithms
 * @param patience for the login, from the first byte on; outages count
 */
public record Target(
    String user,
    Optional<LoginKeys> identities,
    List<KeyPair> keys,
    LoginPerson person,
    HostKeyCheck hostKey,
    boolean prefixSent,
    ClientOffer offer,
    Duration patience) {
  public Target {
    keys = List.copyOf(keys);
    if (user.isEmpty() || !patience.isPositive()) {
      throw new IllegalArgumentException("user '" + user + "', patience " + patience);
    }
  }

  /** With all algorithms. */
  public Target(
      String user,
      Optional<LoginKeys> identities,
      List<KeyPair> keys,
      LoginPerson person,
      HostKeyCheck hostKey,
      boolean prefixSent,
      Duration patience) {
    this(user, identities, keys, person, hostKey, prefixSent, ClientOffer.ALL, patience);
  }

  /** With no identities but these keys. */
  public Target(
      String user,
      List<KeyPair> keys,
      HostKeyCheck hostKey,
      boolean prefixSent,
      Duration patience) {
    this(user, Optional.empty(), keys, LoginPerson.NOBODY, hostKey, prefixSent, patience);
  }
}

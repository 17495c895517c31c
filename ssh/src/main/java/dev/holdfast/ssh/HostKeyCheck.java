package dev.holdfast.ssh;

import java.security.PublicKey;
import java.util.List;
import java.util.Optional;

/** Decides whether a server is the one that was meant, by its host key (RFC 4253 8). */
@FunctionalInterface
public interface HostKeyCheck {
  /** Whether to go on with the server that proved to hold {@code key}. */
  boolean accepts(PublicKey key);

  /** The name for which a host's certificate has to hold; nothing for the address. */
  default Optional<String> certifiedName() {
    return Optional.empty();
  }

  /** The algorithms of host keys in the order in which this server is to be asked for them. */
  default List<String> ordered(List<String> algorithms) {
    return algorithms;
  }

  /** Has a server prove that it holds the private halves of keys. */
  interface Prover {
    /** Those of the keys that it has proven; none if it does not answer. */
    List<PublicKey> proven(List<PublicKey> keys);
  }

  /**
   * The server, which was accepted, says that these are all its host keys. On a thread of its own.
   */
  default void announced(List<PublicKey> keys, Prover prover) {}

  /** Accepts exactly the given keys. */
  static HostKeyCheck only(PublicKey... keys) {
    List<PublicKey> known = List.of(keys);
    return key -> known.stream().anyMatch(one -> SshKeys.areSame(one, key));
  }
}

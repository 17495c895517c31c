package dev.holdfast.ssh;

import java.security.PublicKey;
import java.util.List;

/** Decides whether a server is the one that was meant, by its host key (RFC 4253 8). */
@FunctionalInterface
public interface HostKeyCheck {
  /** Whether to go on with the server that proved to hold {@code key}. */
  boolean accepts(PublicKey key);

  /** The algorithms of host keys in the order in which this server is to be asked for them. */
  default List<String> ordered(List<String> algorithms) {
    return algorithms;
  }

  /** Accepts exactly the given keys. */
  static HostKeyCheck only(PublicKey... keys) {
    List<PublicKey> known = List.of(keys);
    return key -> known.stream().anyMatch(one -> SshKeys.areSame(one, key));
  }
}

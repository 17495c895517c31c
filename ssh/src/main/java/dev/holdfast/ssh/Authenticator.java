package dev.holdfast.ssh;

import java.security.PublicKey;
import java.util.List;

/** Decides who may log in to a server, by public key (RFC 4252 7). */
@FunctionalInterface
public interface Authenticator {
  /**
   * Whether {@code login} is right for the holder of {@code key}. Asked before the client has
   * proved that it holds the key, and again after; it must not block for long.
   */
  boolean accepts(Login login, PublicKey key);

  /** Accepts the holders of the given keys as any user. */
  static Authenticator only(PublicKey... keys) {
    List<PublicKey> known = List.of(keys);
    return (login, key) -> known.stream().anyMatch(one -> SshKeys.areSame(one, key));
  }
}

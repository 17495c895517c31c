package dev.holdfast.ssh;

import java.io.IOException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;

/**
 * The keys that a client offers, one by one, and what signs with them once the server has taken one
 * (RFC 4252 7). Thread-safe.
 */
public interface LoginKeys {
  /** The public keys, first to be offered first. */
  List<PublicKey> keys();

  /** The pair of a key that is not an agent's; nothing if its private half can't be had. */
  Optional<KeyPair> pair(PublicKey key);

  /** Whether a key can sign without asking anybody, and may before the server has taken it. */
  default boolean isAtHand(PublicKey key) {
    return false;
  }

  /** As which key the agent has it: a certificate may stand in a file, and its key in the agent. */
  default PublicKey heldAs(PublicKey key) {
    return key;
  }

  /**
   * A signature by whoever else has the keys, as the library wants it; nothing if that is nobody.
   */
  default Optional<byte[]> signature(PublicKey key, String algorithm, byte[] data)
      throws IOException {
    return Optional.empty();
  }

  /** The agent, if it has that key. */
  Optional<Agent> agentOf(PublicKey key);
}

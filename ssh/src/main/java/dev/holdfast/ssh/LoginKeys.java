package dev.holdfast.ssh;

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

  /** As which key the agent has it: a certificate may stand in a file, and its key in the agent. */
  default PublicKey heldAs(PublicKey key) {
    return key;
  }

  /** The agent, if it has that key. */
  Optional<Agent> agentOf(PublicKey key);
}

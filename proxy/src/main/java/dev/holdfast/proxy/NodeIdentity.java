package dev.holdfast.proxy;

import java.security.KeyPair;
import java.util.List;
import java.util.Map;

/**
 * What a node is to its proxies.
 *
 * @param name by which users reach it
 * @param id of its installation, for logs
 * @param version of its program
 * @param labels that it adds to those that the cluster knows
 * @param keys that it proves itself by
 */
public record NodeIdentity(
    String name, String id, String version, Map<String, String> labels, List<KeyPair> keys) {
  public NodeIdentity {
    labels = Map.copyOf(labels);
    keys = List.copyOf(keys);
    if (name.isEmpty() || keys.isEmpty()) {
      throw new IllegalArgumentException("a node without a name or a key");
    }
  }
}

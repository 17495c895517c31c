package dev.holdfast.client;

import java.nio.file.Path;
import java.security.KeyPair;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Keys whose files were read, kept in memory so that a passphrase is asked for once in a run,
 * however many connections it makes. Thread-safe.
 */
final class UnlockedKeys {
  private final Map<Path, KeyPair> pairs = new ConcurrentHashMap<>();

  Optional<KeyPair> find(Path file) {
    return Optional.ofNullable(pairs.get(file));
  }

  void keep(Path file, KeyPair pair) {
    pairs.put(file, pair);
  }
}

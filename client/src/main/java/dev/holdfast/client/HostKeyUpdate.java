package dev.holdfast.client;

import dev.holdfast.ssh.HostKeyCheck;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What becomes of the other host keys that a known server announces (ssh_config(5),
 * UpdateHostKeys).
 *
 * @param name under which the host is known
 * @param file the user's first one of known hosts
 */
record HostKeyUpdate(ClientConfig config, HostKeyAsker person, String name, Path file) {
  /**
   * Learns the server's other keys, if it is known by lines of its own in the user's first file and
   * UpdateHostKeys says so.
   */
  void announced(List<PublicKey> keys, HostKeyCheck.Prover prover) {
    if (!isUpdating()) {
      return;
    }
    try {
      KnownHosts known = KnownHosts.read(List.of(file), name);
      if (known.entries().isEmpty() || LearnedHostKeys.isShared(known.entries(), name)) {
        return;
      }
      Set<KeyBytes> before = new HashSet<>();
      known.entries().forEach(entry -> before.add(entry.key()));
      Map<KeyBytes, PublicKey> all = new LinkedHashMap<>();
      keys.forEach(key -> all.put(KeyBytes.of(key), key));
      List<PublicKey> fresh = new ArrayList<>();
      all.forEach((bytes, key) -> {
        if (!before.contains(bytes)) {
          fresh.add(key);
        }
      });
      boolean isSame = fresh.isEmpty() && all.keySet().containsAll(before);
      List<PublicKey> proven = fresh.isEmpty() ? List.of() : prover.proven(fresh);
      if (!isSame && proven.size() == fresh.size() && isWanted(proven)) {
        boolean hashed = config.get(ClientOptions.HASH_KNOWN_HOSTS);
        new LearnedHostKeys(file, name, hashed)
            .update(all.keySet(), proven.stream().map(KeyBytes::of).toList());
      }
    } catch (IOException e) {
      person.tell("The host's other keys are not learned: " + e.getMessage());
    }
  }

  private boolean isUpdating() {
    boolean canAsk = !config.get(ClientOptions.BATCH_MODE);
    return config.get(ClientOptions.UPDATE_HOST_KEYS) == ClientOptions.YesNoAsk.YES
        || (isAsking() && canAsk);
  }

  private boolean isAsking() {
    return config.get(ClientOptions.UPDATE_HOST_KEYS) == ClientOptions.YesNoAsk.ASK;
  }

  private boolean isWanted(List<PublicKey> fresh) {
    if (!isAsking()) {
      return true;
    }
    StringBuilder question = new StringBuilder("The server has updated its host keys.\n");
    fresh.forEach(key ->
        question
            .append("Learned new hostkey: ")
            .append(KeyBytes.of(key).shownType())
            .append(" key ")
            .append(KeyBytes.of(key).fingerprint(config.get(ClientOptions.FINGERPRINT_HASH)))
            .append('\n'));
    String answer = person.ask(question + "Accept updated hostkeys? (yes/no): ");
    return answer != null && answer.strip().equalsIgnoreCase("yes");
  }
}

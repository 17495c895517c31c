package dev.holdfast.cli;

import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.Labels;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.auth.AuthService;
import dev.holdfast.auth.Membership;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How the services of a process come to be members of its cluster: of the auth service in the same
 * process, or of the one that the configuration names.
 *
 * @param configuration null if there is no section
 * @param auth null if there is none in this process
 */
record Memberships(@Nullable ClusterConfiguration configuration, @Nullable AuthService auth) {
  /** Whether there is a cluster. */
  boolean isAny() {
    return configuration != null || auth != null;
  }

  /** Whether the cluster alone lets anybody in to a node. */
  boolean only() {
    return configuration != null && configuration.only();
  }

  /**
   * The membership of one service.
   *
   * @param key that it is known by
   * @param state directory of what it keeps
   * @param words labels such as env=prod
   */
  Membership open(ServiceKind kind, String name, KeyPair key, Path state, List<String> words)
      throws IOException {
    try {
      Membership.Settings settings =
          new Membership.Settings(kind, name, key, state, labels(words), Version.number());
      if (configuration != null && !configuration.auth().isEmpty()) {
        return Membership.open(settings, configuration.entry());
      } else if (auth != null) {
        return auth.enrol(settings);
      }
    } catch (InvalidRecordException e) {
      throw new IOException(e.sentence(), e);
    }
    throw new IllegalStateException("there is no cluster");
  }

  private static Labels labels(List<String> words) {
    Map<String, String> labels = new TreeMap<>();
    for (String word : words) {
      int sign = word.indexOf('=');
      labels.put(word.substring(0, sign), word.substring(sign + 1));
    }
    return new Labels(labels);
  }
}

package dev.holdfast.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Brings a file of known hosts up to date with the keys that a server has proven to hold
 * (ssh_config(5), UpdateHostKeys; clientloop.c, {@code update_known_hosts}): new ones are added,
 * and those that it has no more go.
 *
 * @param name under which the host is known
 */
record LearnedHostKeys(Path file, String name, boolean hashed) {
  /** Bytes of a file that is rewritten. */
  static final int MOST_BYTES = 8 << 20;

  /**
   * Writes it anew.
   *
   * @param all that the server has
   * @param fresh those of them that are not in the file
   */
  void update(Set<KeyBytes> all, List<KeyBytes> fresh) throws IOException {
    Path target = file.toRealPath();
    if (Files.size(target) > MOST_BYTES) {
      throw new IOException(target + " is too large to be rewritten");
    }
    String before = Files.readString(target, StandardCharsets.ISO_8859_1);
    StringBuilder after = new StringBuilder();
    for (String line : before.lines().toList()) {
      if (!isGone(line, all)) {
        after.append(line).append('\n');
      }
    }
    fresh.forEach(key -> after.append(KnownHosts.line(name, key, hashed)));
    if (!after.toString().equals(before)) {
      FileReplacement.write(target, after.toString().getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  /** Whether the line is about this host alone, and its key is none of the server's any more. */
  private boolean isGone(String line, Set<KeyBytes> all) {
    KnownHost entry = KnownHost.parse(line, "");
    return entry != null
        && entry.marker() == KnownHost.Marker.NONE
        && (entry.names().equals(name) || isHashed(entry))
        && !all.contains(entry.key());
  }

  private boolean isHashed(KnownHost entry) {
    return entry.names().startsWith(HashedName.MAGIC) && entry.isAbout(name);
  }

  /** Whether lines name the host together with others, or by a pattern: then nothing is changed. */
  static boolean isShared(List<KnownHost> entries, String name) {
    List<KnownHost> others = new ArrayList<>(entries);
    others.removeIf(entry ->
        entry.marker() == KnownHost.Marker.NONE
            && (entry.names().equals(name) || entry.names().startsWith(HashedName.MAGIC)));
    return !others.isEmpty();
  }
}

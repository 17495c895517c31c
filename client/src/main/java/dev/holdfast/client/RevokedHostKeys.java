package dev.holdfast.client;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/** Public keys, a line each, that are never to be believed (ssh_config(5), RevokedHostKeys). */
record RevokedHostKeys(Set<KeyBytes> keys) {
  private static final String KRL_MAGIC = "SSHKRL\n\0";

  /** Those of a file; one that can't be read or understood must not look like an empty one. */
  static RevokedHostKeys read(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(KnownHosts.MOST_BYTES + 1);
    }
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    if (bytes.length > KnownHosts.MOST_BYTES || text.startsWith(KRL_MAGIC)) {
      throw new IOException(
          file + " is a binary revocation list or too large; list the keys as text instead");
    }
    return new RevokedHostKeys(
        text.lines()
            .map(line -> KnownHost.parse("* " + line.strip(), file.toString()))
            .filter(entry -> entry != null)
            .map(KnownHost::key)
            .collect(Collectors.toUnmodifiableSet()));
  }

  boolean contains(KeyBytes key) {
    return keys.contains(key);
  }
}

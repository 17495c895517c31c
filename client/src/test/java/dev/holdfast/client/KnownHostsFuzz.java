package dev.holdfast.client;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Fuzz target: a host's name in the first line, and a file of known hosts. */
public final class KnownHostsFuzz {
  private KnownHostsFuzz() {}

  /** Fails if a line is found that is not about the host, or if one is written otherwise. */
  public static void fuzzerTestOneInput(byte[] input) {
    String[] parts = new String(input, StandardCharsets.ISO_8859_1).split("\n", 2);
    String name = parts[0];
    String text = parts.length > 1 ? parts[1] : "";
    KnownHosts known = new KnownHosts(List.of()).plus(text, "file", name);
    for (KnownHost entry : known.entries()) {
      check(entry.isAbout(name), entry);
      String line = KnownHosts.line("again", entry.key(), true);
      KnownHosts again = new KnownHosts(List.of()).plus(line, "file", "again");
      check(again.of(entry.key()) instanceof KnownHosts.Verdict.Known, line);
      check(
          !(known.of(entry.key()) instanceof KnownHosts.Verdict.New) || isAuthority(entry), entry);
    }
  }

  private static boolean isAuthority(KnownHost entry) {
    return entry.marker() == KnownHost.Marker.CERT_AUTHORITY;
  }

  private static void check(boolean holds, Object found) {
    if (!holds) {
      throw new AssertionError("found " + found);
    }
  }
}

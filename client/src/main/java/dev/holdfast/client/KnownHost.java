package dev.holdfast.client;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of a file of known hosts (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT).
 *
 * @param names patterns parted by commas, or one hashed name
 * @param place the file's name and the line's number, as {@code file:line}
 */
record KnownHost(Marker marker, String names, KeyBytes key, String place) {
  /** Characters of a line. */
  static final int MOST_CHARACTERS = 64 * 1024;

  /** What a line says of its key. */
  enum Marker {
    /** It is the host's. */
    NONE,
    /** It signs certificates of hosts. */
    CERT_AUTHORITY,
    /** It is never to be believed. */
    REVOKED
  }

  /** What the line says, or null if it is empty, a comment, or nothing that can be understood. */
  static @Nullable KnownHost parse(String line, String place) {
    List<String> words = words(line);
    if (words.isEmpty() || words.getFirst().startsWith("#")) {
      return null;
    }
    Marker marker = Marker.NONE;
    if (words.getFirst().startsWith("@")) {
      Marker found = marker(words.removeFirst());
      if (found == null) {
        return null;
      }
      marker = found;
    }
    if (words.size() < 3) {
      return null;
    }
    try {
      KeyBytes key = KeyBytes.parse(words.get(1), words.get(2));
      return new KnownHost(marker, words.getFirst(), key, place);
    } catch (BadValue e) {
      return null;
    }
  }

  private static @Nullable Marker marker(String word) {
    return switch (word) {
      case "@cert-authority" -> Marker.CERT_AUTHORITY;
      case "@revoked" -> Marker.REVOKED;
      default -> null;
    };
  }

  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    if (line.length() <= MOST_CHARACTERS) {
      for (String word : line.split("[ \t\r]+", 6)) {
        if (!word.isEmpty()) {
          words.add(word);
        }
      }
    }
    return words;
  }

  /** Whether the line is about {@code name}, which is a host or {@code [host]:port}. */
  boolean isAbout(String name) {
    return names.startsWith(HashedName.MAGIC)
        ? HashedName.matches(name, names)
        : Wildcard.hostInList(name, names) == Wildcard.Verdict.YES;
  }

  /** The name under which files know a host at a port. */
  static String name(String host, int port) {
    return port == ClientConfig.SSH_PORT ? host : "[" + host + "]:" + port;
  }
}

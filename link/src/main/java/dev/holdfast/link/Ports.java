package dev.holdfast.link;

import java.util.Optional;

/** TCP port numbers as text: 1 to 65535 in decimal, without sign or space. */
final class Ports {
  private Ports() {}

  static Optional<Integer> find(String text) {
    if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    int port = Integer.parseInt(text);
    return port >= 1 && port <= 65535 ? Optional.of(port) : Optional.empty();
  }

  static int parse(String text) {
    return find(text).orElseThrow(() -> new IllegalArgumentException("A port is 1 to 65535."));
  }
}

package dev.holdfast.browser;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * An address as a person takes it from a terminal of the server: what a program printed there of
 * itself, with its token, or just a port.
 */
final class PastedAddress {
  /** Characters of one. */
  static final int MOST = 8_000;

  private PastedAddress() {}

  /**
   * The address by which the server's window reaches the same.
   *
   * @param ownNames of the server, in small letters, which are {@code localhost} there
   */
  static Optional<URI> parse(String pasted, Set<String> ownNames) {
    String text = pasted.strip();
    if (text.isEmpty()
        || text.length() > MOST
        || text.chars().anyMatch(c -> c <= ' ' || c == 0x7f)) {
      return Optional.empty();
    }
    if (text.matches(":?[0-9]{1,5}([/?#].*)?")) {
      text = "localhost" + (text.startsWith(":") ? "" : ":") + text;
    }
    if (!text.matches("(?i)https?://.*")) {
      if (text.matches("[A-Za-z][A-Za-z0-9+.-]*:[^0-9].*")) {
        return Optional.empty(); // Something else than a page.
      }
      text = "http://" + text;
    }
    try {
      URI uri = new URI(encoded(text));
      String host = uri.getHost();
      return host == null || uri.getPort() == 0 || uri.getPort() > 0xffff
          ? Optional.empty()
          : Optional.of(new URI(local(uri, host, ownNames)));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** What terminals show and addresses may not hold. */
  private static String encoded(String text) {
    return text.replace("|", "%7C").replace("\"", "%22").replace("<", "%3C").replace(">", "%3E");
  }

  private static String local(URI uri, String host, Set<String> ownNames) {
    String name = host.toLowerCase(Locale.ROOT);
    boolean isAny = name.equals("0.0.0.0") || name.equals("[::]");
    String shown = isAny || ownNames.contains(name) ? "localhost" : name;
    StringBuilder text =
        new StringBuilder(uri.getScheme().toLowerCase(Locale.ROOT) + "://" + shown);
    if (uri.getPort() > 0) {
      text.append(':').append(uri.getPort());
    }
    String path = uri.getRawPath();
    text.append(path == null || path.isEmpty() ? "/" : path);
    text.append(uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    text.append(uri.getRawFragment() == null ? "" : "#" + uri.getRawFragment());
    return text.toString();
  }

  /** The names of a login's server: its host's, whole and up to the first dot, and its own. */
  static Set<String> ownNames(String login, String serverName) {
    String host = login.substring(login.lastIndexOf('@') + 1).replaceFirst(":[0-9]+$", "");
    return Set.copyOf(
        java.util.stream.Stream.of(host, host.replaceFirst("\\..*", ""), serverName)
            .map(it -> it.toLowerCase(Locale.ROOT))
            .filter(it -> !it.isEmpty() && !it.matches("[0-9]+"))
            .toList());
  }
}

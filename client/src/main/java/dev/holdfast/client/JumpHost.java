package dev.holdfast.client;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A host on the way: {@code [user@]host[:port]} or {@code ssh://[user@]host[:port]} (ssh_config(5),
 * ProxyJump), and likewise the destination of the command line.
 */
public record JumpHost(Optional<String> user, String host, OptionalInt port) {
  /** Hosts on one way. */
  static final int MOST = 32;

  private static final String SCHEME = "ssh://";

  /** The hosts in a value of ProxyJump, first hop first; none for "none". */
  static List<JumpHost> list(String text) throws BadValue {
    String bare = text.split("#", 2)[0].stripTrailing();
    if (bare.toLowerCase(Locale.ROOT).equals("none")) {
      return List.of();
    }
    List<JumpHost> hosts = new ArrayList<>();
    for (String one : bare.split(",", -1)) {
      if (hosts.size() == MOST) {
        throw new BadValue("more than " + MOST + " jump hosts");
      }
      hosts.add(one.startsWith(SCHEME) ? ofUri(one) : ofText(one));
    }
    return List.copyOf(hosts);
  }

  /** The destination of a command line: in a URI, or a user and a host, which has no port then. */
  static JumpHost destination(String text) throws BadValue {
    if (text.startsWith(SCHEME)) {
      return ofUri(text);
    }
    int at = text.lastIndexOf('@');
    if (at == 0) {
      throw new BadValue("there is no user before the @ of \"" + text + "\"");
    }
    return new JumpHost(
        at < 0 ? Optional.empty() : Optional.of(text.substring(0, at)),
        text.substring(at + 1),
        OptionalInt.empty());
  }

  private static JumpHost ofUri(String uri) throws BadValue {
    String text = uri.substring(SCHEME.length());
    int at = text.indexOf('@');
    Optional<String> user = Optional.empty();
    if (at >= 0) {
      user = Optional.of(decoded(text.substring(0, at).split(";", 2)[0]));
    }
    String place = text.substring(at + 1);
    int slash = place.indexOf('/', place.indexOf(']') + 1);
    if (slash >= 0 && slash < place.length() - 1) {
      throw new BadValue("a path in \"" + uri + "\"");
    }
    return of(user, slash < 0 ? place : place.substring(0, slash), uri);
  }

  private static String decoded(String text) throws BadValue {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new BadValue("bad escapes in \"" + text + "\"", e);
    }
  }

  private static JumpHost ofText(String text) throws BadValue {
    int at = text.lastIndexOf('@');
    Optional<String> user = at < 0 ? Optional.empty() : Optional.of(text.substring(0, at));
    return of(user, text.substring(at + 1), text);
  }

  private static JumpHost of(Optional<String> user, String place, String text) throws BadValue {
    int end = place.startsWith("[") ? place.indexOf(']') + 1 : colonOrEnd(place);
    String host =
        place.startsWith("[") && end > 0 ? place.substring(1, end - 1) : place.substring(0, end);
    boolean isWrong =
        host.isEmpty()
            || user.filter(String::isEmpty).isPresent()
            || (end < place.length() && place.charAt(end) != ':');
    if (isWrong) {
      throw new BadValue("\"" + text + "\" is not [user@]host[:port]");
    }
    String port = end < place.length() ? place.substring(end + 1) : "";
    OptionalInt number =
        port.isEmpty() ? OptionalInt.empty() : OptionalInt.of(Ports.parse(port, 1));
    return new JumpHost(user, host, number);
  }

  private static int colonOrEnd(String place) {
    int colon = place.indexOf(':');
    return colon < 0 ? place.length() : colon;
  }

  /** As {@code ssh -G} prints the last of them. */
  String listed() {
    boolean isAddress = host.indexOf(':') >= 0 || host.matches("[0-9.]+");
    return user.map(name -> name + "@").orElse("")
        + (isAddress ? "[" + host + "]" : host)
        + (port.isPresent() ? ":" + port.getAsInt() : "");
  }
}

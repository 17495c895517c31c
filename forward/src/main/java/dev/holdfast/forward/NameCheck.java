package dev.holdfast.forward;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells whether the first request of a connection asks for this machine, by its Host (RFC 9112
 * 3.2). A page of a stranger can have its own name mean 127.0.0.1 (DNS rebinding) and then read
 * what a forward answers, but its requests still carry that name. An address is always its own, and
 * what is no HTTP is none of a page's doing: both pass. A browser asks for one host only on a
 * connection, so the first request speaks for all. Pure.
 */
final class NameCheck {
  /** Bytes of a request line and headers until there has to be a Host. */
  static final int MOST_BYTES = 64 * 1024;

  /** Of a name that is shown; longer ones are none (RFC 1035 2.3.4). */
  private static final int MOST_NAME = 253;

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]";
  private static final Pattern REQUEST =
      Pattern.compile(TOKEN + "++ (?:(?i:https?)://([^/ ]*+))?.* HTTP/1\\.[0-9]", Pattern.DOTALL);
  private static final Pattern BEGINNING =
      Pattern.compile(TOKEN + "++ (?:[/*hH].*+)?", Pattern.DOTALL);
  private static final Pattern UNENDING = Pattern.compile(TOKEN + "++");
  private static final Pattern HOST =
      Pattern.compile("host:[ \t]*+(.*)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern AUTHORITY = Pattern.compile("(\\[[^\\]]*\\]|[^:]*)(?::[0-9]*)?");
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9a-f:.]+\\]");
  private static final Pattern SHOWN = Pattern.compile("[a-z0-9._-]{1," + MOST_NAME + "}");

  private final Set<String> names;

  /**
   * One that lets pass what asks for this machine.
   *
   * @param names others that it is known by, in lower case
   */
  NameCheck(Set<String> names) {
    this.names = Set.copyOf(names);
  }

  /** What the first bytes of a connection say. */
  sealed interface Verdict {
    /** They may go on. */
    record Pass() implements Verdict {}

    /** More of them are needed to tell. */
    record More() implements Verdict {}

    /**
     * They ask for somebody else.
     *
     * @param name for whom, as far as it can be shown
     */
    record Foreign(Optional<String> name) implements Verdict {}
  }

  /** Looks at the first {@code length} bytes. */
  Verdict look(byte[] bytes, int length) {
    String text = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    int end = text.indexOf('\n');
    if (end < 0) {
      return lineless(text);
    }
    Matcher request = REQUEST.matcher(line(text, 0, end));
    if (!request.matches()) {
      return new Verdict.Pass();
    }
    String absolute = request.group(1);
    if (absolute != null && !isOwn(absolute)) {
      return foreign(absolute);
    }
    return headers(text, end + 1);
  }

  /** A browser sends what is shorter than the bound at once; only its bound can cut a method. */
  private static Verdict lineless(String text) {
    boolean isFull = text.length() >= MOST_BYTES;
    if (BEGINNING.matcher(text).matches()) {
      return isFull ? new Verdict.Foreign(Optional.empty()) : new Verdict.More();
    }
    return isFull && UNENDING.matcher(text).matches()
        ? new Verdict.Foreign(Optional.empty())
        : new Verdict.Pass();
  }

  private Verdict headers(String text, int from) {
    int at = from;
    for (int end = text.indexOf('\n', at); end >= 0; end = text.indexOf('\n', at)) {
      String line = line(text, at, end);
      if (line.isEmpty()) {
        return new Verdict.Pass();
      }
      Matcher host = HOST.matcher(line);
      if (host.matches()) {
        return isOwn(host.group(1)) ? new Verdict.Pass() : foreign(host.group(1));
      }
      at = end + 1;
    }
    return text.length() < MOST_BYTES ? new Verdict.More() : new Verdict.Foreign(Optional.empty());
  }

  private static String line(String text, int from, int end) {
    boolean hasReturn = end > from && text.charAt(end - 1) == '\r';
    return text.substring(from, hasReturn ? end - 1 : end);
  }

  /** A browser always names a host; who names none is a program. */
  private boolean isOwn(String authority) {
    Optional<String> host = host(authority);
    if (host.isEmpty()) {
      return false;
    }
    String name = host.get();
    return name.isEmpty()
        || name.equals("localhost")
        || name.endsWith(".localhost")
        || names.contains(name)
        || ADDRESS.matcher(name).matches();
  }

  private static Optional<String> host(String authority) {
    Matcher parts = AUTHORITY.matcher(authority.strip());
    if (!parts.matches()) {
      return Optional.empty();
    }
    String host = parts.group(1).toLowerCase(Locale.ROOT);
    return Optional.of(host.endsWith(".") ? host.substring(0, host.length() - 1) : host);
  }

  private static Verdict foreign(String authority) {
    return new Verdict.Foreign(host(authority).filter(name -> SHOWN.matcher(name).matches()));
  }
}

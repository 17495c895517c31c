package dev.holdfast.browser;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Listeners out of the lines of the programs and files that know them. What can't be read is left
 * out: the lines are a stranger's.
 */
final class ListenerLines {
  /** {@code ("name",pid=1,fd=2)}: a name may hold whatever its program likes, and is cut by ss. */
  private static final Pattern OWNER = Pattern.compile("\\(\"(.{0,64}?)\",pid=(\\d{1,9}),fd=");

  private static final Pattern UID = Pattern.compile(" uid:(\\d{1,10})\\b");
  private static final Pattern INODE = Pattern.compile(" ino:(\\d{1,18})\\b");
  private static final Pattern SPACES = Pattern.compile(" +");
  private static final int MOST_OWNERS = 64;

  private ListenerLines() {}

  private record Owner(long pid, String name) {}

  /** A line of {@code ss -ltnpeH}. */
  static Optional<Listener> ss(String line) {
    String[] columns = SPACES.split(line.strip(), 6);
    if (columns.length < 5 || !columns[0].equals("LISTEN")) {
      return Optional.empty();
    }
    String rest = columns.length == 6 ? " " + columns[5] : "";
    int end = rest.lastIndexOf("))");
    String users = end < 0 ? "" : rest.substring(0, end);
    String after = end < 0 ? rest : " " + rest.substring(end + 2).strip();
    List<Owner> owners = owners(users);
    return SocketAddressText.parse(columns[3], Listener.ANY6)
        .map(at ->
            new Listener(
                at.address(),
                at.port(),
                number(UID, after, 0),
                number(INODE, after, Listener.UNKNOWN),
                owners.stream().map(Owner::pid).toList(),
                owners.isEmpty() ? "" : owners.getFirst().name()));
  }

  private static List<Owner> owners(String users) {
    List<Owner> owners = new ArrayList<>();
    Matcher match = OWNER.matcher(users);
    while (owners.size() < MOST_OWNERS && match.find()) {
      owners.add(new Owner(Long.parseLong(match.group(2)), match.group(1)));
    }
    owners.sort(Comparator.comparingLong(Owner::pid));
    return owners;
  }

  private static long number(Pattern pattern, String text, long otherwise) {
    Matcher match = pattern.matcher(text);
    return match.find() ? Long.parseLong(match.group(1)) : otherwise;
  }

  /**
   * A line of /proc/net/tcp or tcp6.
   *
   * @param owners the processes that have a socket, by its inode
   */
  static Optional<Listener> proc(String line, Map<Long, List<Long>> owners) {
    String[] columns = SPACES.split(line.strip(), 11);
    if (columns.length < 10 || !columns[3].equals("0A")) {
      return Optional.empty();
    }
    long inode = number(columns[9]);
    List<Long> pids = owners.getOrDefault(inode, List.of()).stream().sorted().toList();
    return SocketAddressText.parseHex(columns[1])
        .map(at -> new Listener(at.address(), at.port(), number(columns[7]), inode, pids, ""));
  }

  /** The records of {@code lsof -FpcLun}, a field a line: several names follow one process. */
  static List<Listener> lsof(List<String> lines) {
    List<Listener> listeners = new ArrayList<>();
    long pid = Listener.UNKNOWN;
    long uid = Listener.UNKNOWN;
    String program = "";
    for (String line : lines) {
      String value = line.isEmpty() ? "" : line.substring(1);
      switch (line.isEmpty() ? ' ' : line.charAt(0)) {
        case 'p' -> {
          pid = number(value);
          uid = Listener.UNKNOWN;
          program = "";
        }
        case 'c' -> program = value;
        case 'u' -> uid = number(value);
        case 'n' -> {
          List<Long> pids = pid < 0 ? List.of() : List.of(pid);
          Listener found = lsof(value, uid, pids, program);
          if (found != null) {
            listeners.add(found);
          }
        }
        default -> {} // Fields that were not asked for.
      }
    }
    return listeners;
  }

  private static @Nullable Listener lsof(String name, long uid, List<Long> pids, String program) {
    return SocketAddressText.parse(name, Listener.DUAL)
        .map(at -> new Listener(at.address(), at.port(), uid, Listener.UNKNOWN, pids, program))
        .orElse(null);
  }

  /** A line of the BSDs' {@code netstat -an}, which knows no processes. */
  static Optional<Listener> netstat(String line) {
    String[] columns = SPACES.split(line.strip(), 7);
    if (columns.length < 6 || !columns[0].startsWith("tcp")) {
      return Optional.empty();
    }
    Optional<SocketAddressText> at =
        columns[3].indexOf(':') >= 0
            ? SocketAddressText.parse(columns[3], Listener.DUAL)
            : SocketAddressText.parseDotted(columns[3]);
    return at.map(it ->
        new Listener(it.address(), it.port(), Listener.UNKNOWN, Listener.UNKNOWN, List.of(), ""));
  }

  /** The number, or {@link Listener#UNKNOWN}. */
  static long number(String text) {
    boolean isNumber =
        !text.isEmpty() && text.length() <= 18 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return isNumber ? Long.parseLong(text) : Listener.UNKNOWN;
  }
}

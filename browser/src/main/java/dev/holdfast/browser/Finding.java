package dev.holdfast.browser;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the server said of its listeners: the output of {@code find-apps.sh}, between its marks,
 * whatever start-up files wrote around them.
 *
 * @param system its name, as uname(1) says
 * @param serverName its node name, as uname(1) says
 * @param uid of the login
 * @param listeners all that listens
 * @param programs what is known of the processes, by pid
 * @param isWhole whether the script ran to its end
 */
record Finding(
    String system,
    String serverName,
    long uid,
    List<Listener> listeners,
    Map<Long, ServerProgram> programs,
    boolean isWhole) {
  /** Bytes of output that are read. */
  static final int MOST_BYTES = 512 * 1024;

  /** Characters of a line; what is longer is cut. */
  static final int MOST_LINE = 4096;

  /** The same as in the script. */
  static final int MOST_LISTENERS = 1000;

  private static final int MOST_PROGRAMS = 100;

  Finding {
    listeners = List.copyOf(listeners);
    programs = Map.copyOf(programs);
  }

  static Finding parse(byte[] output) {
    int length = Math.min(output.length, MOST_BYTES);
    Reader reader = new Reader();
    for (String line : new String(output, 0, length, StandardCharsets.UTF_8).split("\n", -1)) {
      reader.line(line.length() > MOST_LINE ? line.substring(0, MOST_LINE) : line);
    }
    return reader.finding();
  }

  /** Which lines mean what; the sections come in the script's order. */
  private enum Section {
    BEFORE,
    HEAD,
    SS,
    PROC,
    OWNERS,
    LSOF,
    NETSTAT,
    PROGRAMS,
    AFTER
  }

  private static final class Reader {
    private Section section = Section.BEFORE;
    private String system = "";
    private String serverName = "";
    private long uid = Listener.UNKNOWN;
    private final List<Listener> listeners = new ArrayList<>();
    private final List<String> proc = new ArrayList<>();
    private final List<String> lsof = new ArrayList<>();
    private final Map<Long, List<Long>> owners = new HashMap<>();
    private final Map<Long, ServerProgram> programs = new HashMap<>();

    void line(String line) {
      if (section == Section.BEFORE || section == Section.AFTER) {
        section = line.equals("@@BEGIN") ? Section.HEAD : section;
        return;
      }
      if (line.startsWith("@")) {
        mark(line);
        return;
      }
      switch (section) {
        case SS -> ListenerLines.ss(line).ifPresent(this::add);
        case PROC -> addUpTo(MOST_LISTENERS, proc, line);
        case LSOF -> addUpTo(3 * MOST_LISTENERS, lsof, line);
        case NETSTAT -> ListenerLines.netstat(line).ifPresent(this::add);
        case OWNERS -> owner(line);
        case PROGRAMS -> program(line);
        case BEFORE, HEAD, AFTER -> {} // Nothing of ours.
      }
    }

    private void mark(String line) {
      String[] words = line.split(" ", 4);
      section =
          switch (words[0]) {
            case "@ss" -> Section.SS;
            case "@proc" -> Section.PROC;
            case "@owners" -> Section.OWNERS;
            case "@lsof" -> Section.LSOF;
            case "@netstat" -> Section.NETSTAT;
            case "@programs" -> Section.PROGRAMS;
            case "@@END" -> Section.AFTER;
            default -> section;
          };
      if (words[0].equals("@system") && words.length == 4) {
        system = words[1];
        uid = ListenerLines.number(words[2]);
        serverName = words[3];
      }
    }

    private static void addUpTo(int most, List<String> lines, String line) {
      if (lines.size() < most) {
        lines.add(line);
      }
    }

    private void add(Listener listener) {
      if (listeners.size() < MOST_LISTENERS) {
        listeners.add(listener);
      }
    }

    private void owner(String line) {
      int space = line.indexOf(' ');
      long pid = space < 0 ? Listener.UNKNOWN : ListenerLines.number(line.substring(0, space));
      long inode = ListenerLines.number(line.substring(space + 1));
      if (pid >= 0 && inode >= 0 && owners.size() < MOST_LISTENERS) {
        List<Long> pids = owners.computeIfAbsent(inode, _ -> new ArrayList<>());
        if (pids.size() < MOST_PROGRAMS) {
          pids.add(pid);
        }
      }
    }

    /** {@code n PID name}, {@code a PID arguments}, {@code d PID directory}. */
    private void program(String line) {
      String[] words = line.split(" ", 3);
      long pid = words.length == 3 ? ListenerLines.number(words[1]) : Listener.UNKNOWN;
      if (pid < 0 || (programs.size() >= MOST_PROGRAMS && !programs.containsKey(pid))) {
        return;
      }
      ServerProgram known = programs.getOrDefault(pid, ServerProgram.UNKNOWN);
      programs.put(
          pid,
          switch (words[0]) {
            case "n" -> new ServerProgram(words[2], known.arguments(), known.directory());
            case "a" -> new ServerProgram(known.name(), words[2].strip(), known.directory());
            case "d" -> new ServerProgram(known.name(), known.arguments(), words[2]);
            default -> known;
          });
    }

    Finding finding() {
      proc.forEach(line -> ListenerLines.proc(line, owners).ifPresent(this::add));
      ListenerLines.lsof(lsof).forEach(this::add);
      return new Finding(system, serverName, uid, listeners, programs, section == Section.AFTER);
    }
  }
}

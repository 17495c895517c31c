package dev.holdfast.browser;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells by /proc whose a connection over loopback is: its user, and whether the socket at its other
 * end belongs to a process below a certain one (proc(5), proc_net_tcp.rst). Thread-safe.
 */
final class LinuxCallers implements Callers {
  /** Sockets that are looked through; a machine with more is told from what was read. */
  private static final int MOST_LINES = 200_000;

  /** Processes of a tree that are looked at. */
  private static final int MOST_PROCESSES = 2_000;

  /** Before an address of IPv4 in a socket of IPv6 (RFC 4291 2.5.5.2). */
  private static final String MAPPED = "0000000000000000FFFF0000";

  private final Path proc;
  private final long uid;
  private final Supplier<Optional<ProcessHandle>> root;

  /** The process that came last: a browser's connections come all from one. */
  private volatile @Nullable ProcessHandle last;

  /**
   * Lets in the user, and of that user's processes those below {@code root} and that itself.
   *
   * @param root empty as long as nobody may come in
   */
  LinuxCallers(Path proc, long uid, Supplier<Optional<ProcessHandle>> root) {
    this.proc = proc;
    this.uid = uid;
    this.root = root;
  }

  /** Lets in all processes of the user. */
  static Callers ofUser(Path proc, long uid) {
    LinuxCallers callers = new LinuxCallers(proc, uid, Optional::empty);
    return accepted -> callers.inode(Ends.of(accepted)).isPresent();
  }

  @Override
  public boolean mayUse(SocketChannel accepted) throws IOException {
    OptionalLong inode = inode(Ends.of(accepted));
    return inode.isPresent() && isBelow(inode.getAsLong());
  }

  /** The inode of the socket at the other end, if it is one of the user's. */
  private OptionalLong inode(Ends ends) throws IOException {
    String there = hex(ends.there());
    String here = hex(ends.here());
    OptionalLong plain = inode("net/tcp", there + " " + here + " ");
    return plain.isPresent()
        ? plain
        : inode("net/tcp6", MAPPED + there + " " + MAPPED + here + " ");
  }

  private OptionalLong inode(String file, String ends) throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(proc.resolve("self").resolve(file))) {
      for (int i = 0; i < MOST_LINES; i++) {
        String line = lines.readLine();
        if (line == null) {
          break;
        }
        int at = line.indexOf(": " + ends);
        if (at >= 0) {
          return ownInode(line.substring(at).strip().split(" +"));
        }
      }
    }
    return OptionalLong.empty();
  }

  /** Columns: ":", local, remote, state, queues, timer, retransmits, uid, timeout, inode. */
  private OptionalLong ownInode(String[] columns) {
    boolean isOwn = columns.length > 9 && ListenerLines.number(columns[7]) == uid;
    long inode = isOwn ? ListenerLines.number(columns[9]) : -1;
    return inode > 0 ? OptionalLong.of(inode) : OptionalLong.empty();
  }

  static String hex(InetSocketAddress address) {
    byte[] bytes = address.getAddress().getAddress();
    StringBuilder text = new StringBuilder();
    for (int word = 0; word < bytes.length; word += 4) {
      for (int i = word + 3; i >= word; i--) {
        text.append(HexFormat.of().withUpperCase().toHexDigits(bytes[i]));
      }
    }
    return text + ":" + "%04x".formatted(address.getPort()).toUpperCase(Locale.ROOT);
  }

  private boolean isBelow(long inode) throws IOException {
    Optional<ProcessHandle> top = root.get();
    if (top.isEmpty()) {
      return false;
    }
    String socket = "socket:[" + inode + "]";
    ProcessHandle before = last;
    if (before != null && before.isAlive() && has(before.pid(), socket)) {
      return true;
    }
    for (long pid : tree(top.get().pid())) {
      if (has(pid, socket)) {
        last = ProcessHandle.of(pid).orElse(null);
        return true;
      }
    }
    return false;
  }

  private boolean has(long pid, String socket) {
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(proc.resolve(pid + "/fd"))) {
      for (Path descriptor : descriptors) {
        if (target(descriptor).equals(socket)) {
          return true;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // It has ended, or is not ours to look into: then it is not known to have it.
    }
    return false;
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // Closed meanwhile.
    }
  }

  /** The process and all below it. */
  private List<Long> tree(long top) throws IOException {
    Map<Long, List<Long>> children = new HashMap<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        long pid = ListenerLines.number(process.getFileName().toString());
        children.computeIfAbsent(parent(process), _ -> new ArrayList<>()).add(pid);
      }
    }
    List<Long> tree = new ArrayList<>();
    Deque<Long> open = new ArrayDeque<>(List.of(top));
    while (!open.isEmpty() && tree.size() < MOST_PROCESSES) {
      long pid = open.remove();
      tree.add(pid);
      open.addAll(children.getOrDefault(pid, List.of()));
    }
    return tree;
  }

  /** The fourth field of stat, behind the name in parentheses. */
  private static long parent(Path process) {
    try {
      String stat = Files.readString(process.resolve("stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ", 3);
      return fields.length < 2 ? -1 : ListenerLines.number(fields[1]);
    } catch (IOException e) {
      return -1;
    }
  }
}

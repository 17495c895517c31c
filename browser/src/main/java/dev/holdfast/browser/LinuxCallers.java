package dev.holdfast.browser;

import dev.holdfast.forward.LoopbackPeers;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells whose a connection over loopback is: its user, and whether the socket at its other end
 * belongs to a process below a certain one, by /proc (proc(5)). Thread-safe.
 */
final class LinuxCallers implements Callers {
  /** Processes of a tree that are looked at. */
  private static final int MOST_PROCESSES = 2_000;

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
    return LoopbackPeers.socket(ends.there(), ends.here())
        .filter(it -> it.uid() == uid && it.inode() > 0)
        .map(it -> OptionalLong.of(it.inode()))
        .orElse(OptionalLong.empty());
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

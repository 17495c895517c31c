package dev.holdfast.node;

import dev.holdfast.link.Peer;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the processes of a node have their sockets for named sessions, one each. If root runs the
 * node everybody may enter and connect, and only root may change anything; else nobody but its user
 * may do either.
 */
final class SessionDirectory {
  /** That of a machine's node; not below /run/holdfast, which is for gates and private. */
  private static final Path MACHINE = Path.of("/run/holdfast-sessions");

  private static final Path MACHINE_STATE = Path.of("/var/lib/holdfast/node");

  /** Most processes that are looked at. */
  static final int MOST_PROCESSES = 64;

  private static final int BACKLOG = 128;
  private static final Pattern NAMES =
      Pattern.compile("(\\d{1,10})-\\d{1,10}\\.(sock|agent|agent\\.new)");
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private static final int TYPE = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int WRITABLE_BY_OTHERS = 022;

  private final Path path;
  private final boolean root;

  private SessionDirectory(Path path, boolean root) {
    this.path = path;
    this.root = root;
  }

  /** The one of the node with that state directory; made if it is not there. */
  static SessionDirectory of(Path state) throws IOException {
    Path whole = state.toAbsolutePath().normalize();
    boolean root = Processes.isRoot();
    SessionDirectory directory = new SessionDirectory(root ? ofRoot(whole) : own(whole), root);
    directory.make();
    return directory;
  }

  private static Path own(Path state) {
    return state.resolve("sessions");
  }

  /** Not in the state directory, which others may not enter. */
  private static Path ofRoot(Path state) {
    return state.equals(MACHINE_STATE)
        ? MACHINE
        : MACHINE.resolveSibling("holdfast-sessions-%08x".formatted(state.hashCode()));
  }

  private void make() throws IOException {
    Files.createDirectories(Objects.requireNonNull(path.getParent()));
    try {
      Files.createDirectory(path);
      Files.setPosixFilePermissions(
          path, PosixFilePermissions.fromString(root ? "rwxr-xr-x" : "rwx------"));
    } catch (FileAlreadyExistsException e) {
      // It is checked now.
    }
    Map<String, Object> facts =
        Files.readAttributes(path, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
    int mode = (int) Objects.requireNonNull(facts.get("mode"));
    int owner = (int) Objects.requireNonNull(facts.get("uid"));
    if ((mode & TYPE) != DIRECTORY || owner != Peer.ownUser() || (mode & WRITABLE_BY_OTHERS) != 0) {
      throw new IOException(
          "%s is not a directory that only user %d may write to; remove it."
              .formatted(path, Peer.ownUser()));
    }
  }

  Path path() {
    return path;
  }

  /** Listens at a new socket file. */
  ServerSocketChannel listen(Path file) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      Files.deleteIfExists(file);
      channel.bind(UnixDomainSocketAddress.of(file), BACKLOG);
      Files.setPosixFilePermissions(
          file, PosixFilePermissions.fromString(root ? "rw-rw-rw-" : "rw-------"));
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** A name for a socket file of this process. */
  Path newFile() {
    return path.resolve(
        "%d-%d.sock".formatted(ProcessHandle.current().pid(), NUMBER.incrementAndGet()));
  }

  /** A path at which programs of a session of this process find an agent. */
  Path newAgent() {
    return path.resolve(
        "%d-%d.agent".formatted(ProcessHandle.current().pid(), NUMBER.incrementAndGet()));
  }

  /**
   * The sockets that are there, the newest first; whatever is of processes that died is removed.
   */
  List<Path> files() throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(path)) {
      for (Path file : files) {
        Matcher name = NAMES.matcher(String.valueOf(file.getFileName()));
        if (!name.matches()) {
          continue;
        }
        if (ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()) {
          Files.deleteIfExists(file);
        } else if (name.group(2).equals("sock")) {
          found.add(file);
        }
      }
    }
    return found.stream()
        .sorted(Comparator.comparing(SessionDirectory::age).reversed())
        .limit(MOST_PROCESSES)
        .toList();
  }

  private static FileTime age(Path file) {
    try {
      return Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }

  /** A file that is locked by the one process that makes a session. */
  FileChannel lockFile() throws IOException {
    return FileChannel.open(
        path.resolve("lock"),
        java.util.Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /** Removes what is there if no process is any more. */
  void removeIfUnused() throws IOException {
    if (files().isEmpty()) {
      Files.deleteIfExists(path.resolve("lock"));
      Files.deleteIfExists(path);
    }
  }
}

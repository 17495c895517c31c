package dev.holdfast.link;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A directory that only its owner may enter (mode 0700), for the socket files by which one process
 * of a service finds another. Who can reach such a socket can take over connections, so a directory
 * that others may enter is refused and not repaired: somebody may have been there already.
 */
public final class SocketDirectory {
  /** Most bytes of a socket's path: the JDK takes two less than {@code sun_path} has, unix(7). */
  static final int PATH_BYTES_MOST = 106;

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  // Parts of a file's mode, inode(7).
  private static final int TYPE = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int PERMISSIONS = 07777;
  private static final int OTHERS = 077;

  private SocketDirectory() {}

  /** The address of the socket file {@code path}, if the system can take it. */
  public static UnixDomainSocketAddress address(Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    int bytes = absolute.toString().getBytes(Charset.defaultCharset()).length;
    if (bytes > PATH_BYTES_MOST) {
      throw new IOException(
          "The socket path %s has %d bytes; Java takes %d, so choose a shorter directory."
              .formatted(absolute, bytes, PATH_BYTES_MOST));
    }
    return UnixDomainSocketAddress.of(absolute);
  }

  /** Makes the directory if it isn't there; fails if anybody but {@code user} can enter it. */
  public static void secure(Path directory, int user) throws IOException {
    try {
      check(directory, user);
    } catch (NoSuchFileException _) {
      create(directory);
      check(directory, user);
    }
  }

  private static void create(Path directory) throws IOException {
    Path parent = directory.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    FileAttribute<?> ownerOnly = PosixFilePermissions.asFileAttribute(OWNER_ONLY);
    Files.createDirectory(directory, ownerOnly);
  }

  private static void check(Path directory, int user) throws IOException {
    Map<String, Object> facts =
        Files.readAttributes(directory, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
    int owner = number(facts, "uid");
    int mode = number(facts, "mode");
    if ((mode & TYPE) != DIRECTORY) {
      throw new IOException(directory + " is not a directory; remove it or choose another.");
    }
    if (owner != user) {
      throw new IOException(
          "%s belongs to user %d and not to user %d, who runs this; choose another directory."
              .formatted(directory, owner, user));
    }
    if ((mode & OTHERS) != 0) {
      throw new IOException(
          "%s may be entered by others (mode %04o); make it private: chmod 700 %s"
              .formatted(directory, mode & PERMISSIONS, directory));
    }
  }

  private static int number(Map<String, Object> facts, String name) {
    return (int) Objects.requireNonNull(facts.get(name));
  }
}

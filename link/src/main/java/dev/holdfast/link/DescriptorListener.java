package dev.holdfast.link;

import java.io.Closeable;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The place where the running process of a service waits for the one that will replace it: a socket
 * file in a {@link SocketDirectory}. One process listens at a path at a time; the file that one
 * left behind that was killed is replaced. Linux only.
 */
public final class DescriptorListener implements Closeable {
  /** Most connections that wait to be accepted; more are told that the listener is busy. */
  static final int BACKLOG = 16;

  private final Path path;
  private final ServerSocketChannel channel;
  private final @Nullable Object file;

  private DescriptorListener(Path path, ServerSocketChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    this.file = identity(path);
  }

  /** Listens at {@code path}, whose directory is made if need be. */
  public static DescriptorListener open(Path path) throws IOException {
    Linux.require("Handing over connections");
    UnixDomainSocketAddress address = SocketDirectory.address(path);
    Path file = address.getPath();
    SocketDirectory.secure(Objects.requireNonNullElse(file.getParent(), file), Peer.ownUser());
    // Two that start at once must not both find a stale file, and one remove what the other made.
    try (FileChannel lockChannel =
            FileChannel.open(lockFile(file), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = lock(lockChannel, file)) {
      removeStale(address);
      return bind(address);
    }
  }

  /** The file beside the socket file {@code path} that is locked while that is made. */
  static Path lockFile(Path path) {
    return path.resolveSibling(path.getFileName() + ".lock");
  }

  private static FileLock lock(FileChannel channel, Path path) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
    } catch (OverlappingFileLockException _) {
      // Somebody else in this process; told below.
    }
    throw new BindException("Another process is about to listen at %s.".formatted(path));
  }

  /** Whoever listened there may take the file away himself meanwhile. */
  private static void removeStale(UnixDomainSocketAddress address) throws IOException {
    Path file = address.getPath();
    try {
      if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .isOther()) {
        throw new BindException(
            "%s is not a socket; remove it or choose another path.".formatted(file));
      }
    } catch (NoSuchFileException e) {
      return;
    }
    if (isListenedTo(address)) {
      throw new BindException("Another process listens at %s already.".formatted(file));
    }
    Files.deleteIfExists(file);
  }

  private static boolean isListenedTo(UnixDomainSocketAddress address) throws IOException {
    try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.configureBlocking(false);
      probe.connect(address);
      return true;
    } catch (ConnectException _) {
      return false;
    } catch (SocketException _) {
      return true; // too many wait to be accepted
    }
  }

  private static DescriptorListener bind(UnixDomainSocketAddress address) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.bind(address, BACKLOG);
      Files.setPosixFilePermissions(
          address.getPath(), PosixFilePermissions.fromString("rw-------"));
      return new DescriptorListener(address.getPath(), channel);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Where this listens. */
  public Path path() {
    return path;
  }

  /**
   * Waits for the next connection, until the listener is closed by another thread.
   *
   * @throws PeerRefusedException if it came from a process of another user; the next may be better
   */
  public DescriptorSocket accept() throws IOException {
    return DescriptorSocket.of(channel.accept());
  }

  /** Closes, and removes the socket file if it is still the one made here. */
  @Override
  public void close() throws IOException {
    try {
      // The file first: while we listen nobody takes it for stale, so it can't become another's.
      if (channel.isOpen() && file != null && file.equals(identity(path))) {
        Files.delete(path);
      }
    } finally {
      channel.close();
    }
  }

  /** Device and inode, null if there is no such file. */
  private static @Nullable Object identity(Path path) throws IOException {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        ? Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey()
        : null;
  }
}

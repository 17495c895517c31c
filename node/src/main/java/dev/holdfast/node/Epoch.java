package dev.holdfast.node;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The life of one process of a node, told from all others by a name that is never used again. A
 * file with that name is locked for as long as the process lives, which the kernel sees to whatever
 * becomes of it: so another process of the same node knows which epochs are over, and never takes
 * one for over that is not. Several may live at a time, while one has taken over from another.
 */
public final class Epoch implements AutoCloseable {
  /** Former epochs that are looked at in one go. */
  static final int MOST_FORMER = 1_000;

  private static final Pattern NAME = Pattern.compile("[0-9a-f-]{36}");

  private final Path directory;
  private final String name;
  private final FileChannel channel;

  private Epoch(Path directory, String name, FileChannel channel) {
    this.directory = directory;
    this.name = name;
    this.channel = channel;
  }

  /**
   * Begins an epoch.
   *
   * @param directory of this node's epochs and nobody else's; made if it is not there
   */
  public static Epoch begin(Path directory) throws IOException {
    Files.createDirectories(
        directory,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    String name = UUID.randomUUID().toString();
    // Locked before it has its name: what another finds by a name is locked, or over.
    Path unnamed = directory.resolve(name + ".new");
    FileChannel channel =
        FileChannel.open(
            unnamed, EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    try {
      channel.lock();
      Files.move(unnamed, directory.resolve(name));
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return new Epoch(directory, name, channel);
  }

  /** What the epoch is called. */
  public String name() {
    return name;
  }

  /** Former epochs whose processes are dead. */
  public List<String> former() throws IOException {
    List<String> former = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.limit(MOST_FORMER).toList()) {
        String one = String.valueOf(file.getFileName());
        if (!one.equals(name) && NAME.matcher(one).matches() && isOver(file)) {
          former.add(one);
        }
      }
    }
    return former;
  }

  private static boolean isOver(Path file) throws IOException {
    try (FileChannel one = FileChannel.open(file, StandardOpenOption.WRITE);
        FileLock lock = one.tryLock()) {
      return lock != null;
    } catch (java.nio.channels.OverlappingFileLockException e) {
      // Another epoch of this very process.
      return false;
    }
  }

  /** Nobody has to be told of these any more. */
  public void forget(List<String> former) throws IOException {
    for (String one : former) {
      Files.deleteIfExists(directory.resolve(one));
    }
  }

  /** Ends the epoch; its file stays for whoever comes after, who drops what was held. */
  @Override
  public void close() throws IOException {
    channel.close();
  }
}

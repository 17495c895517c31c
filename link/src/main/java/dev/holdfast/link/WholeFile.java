package dev.holdfast.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Small files that are there whole or not at all, whoever reads them and whenever the process or
 * the machine ends: the bytes are on the disk before the name leads to them, and the name is, too,
 * when a method returns. Nobody but the owner may read them on their way.
 */
public final class WholeFile {
  /** What is its owner's alone. */
  public static final Set<PosixFilePermission> OWN =
      Set.copyOf(PosixFilePermissions.fromString("rw-------"));

  /** What all may read. */
  public static final Set<PosixFilePermission> PUBLIC =
      Set.copyOf(PosixFilePermissions.fromString("rw-r--r--"));

  /** How the name of a file ends that a process was killed over: nobody's, to be removed. */
  public static final String UNFINISHED = ".new";

  private static final FileAttribute<?> PRIVATE = PosixFilePermissions.asFileAttribute(OWN);

  private WholeFile() {}

  /** Writes a file of UTF-8 in place of the one that may be there. */
  public static void replace(Path file, String text, Set<PosixFilePermission> permissions)
      throws IOException {
    replace(file, text.getBytes(StandardCharsets.UTF_8), permissions);
  }

  /** Writes a file in place of the one that may be there; of several writers, the last one's. */
  public static void replace(Path file, byte[] bytes, Set<PosixFilePermission> permissions)
      throws IOException {
    Path fresh = beside(file, bytes, permissions);
    try {
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(fresh);
    }
    sync(directory(file));
  }

  /**
   * Writes a file, its owner's alone, unless there is one: of several writers, the first one's.
   *
   * @return whether it was written
   */
  public static boolean create(Path file, byte[] bytes) throws IOException {
    Path fresh = beside(file, bytes, OWN);
    try {
      Files.createLink(file, fresh);
    } catch (FileAlreadyExistsException e) {
      return false;
    } finally {
      Files.deleteIfExists(fresh);
    }
    sync(directory(file));
    return true;
  }

  private static Path beside(Path file, byte[] bytes, Set<PosixFilePermission> permissions)
      throws IOException {
    Path fresh =
        Files.createTempFile(directory(file), file.getFileName() + ".", UNFINISHED, PRIVATE);
    try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      for (ByteBuffer left = ByteBuffer.wrap(bytes); left.hasRemaining(); ) {
        channel.write(left);
      }
      Files.setPosixFilePermissions(fresh, permissions);
      channel.force(true);
      return fresh;
    } catch (IOException | RuntimeException e) {
      Files.deleteIfExists(fresh);
      throw e;
    }
  }

  private static Path directory(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalArgumentException(file + " is no file in a directory");
    }
    return parent;
  }

  private static void sync(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Some file systems of home directories can't do it (sshfs); the file is as whole there.
    }
  }
}

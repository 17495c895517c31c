package dev.holdfast.node;

import dev.holdfast.recording.RecordingFormat;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Where a process of a node keeps recordings until their destination has them: a directory of its
 * own in the node's state directory, with a lock that it holds while it lives. What a process left
 * behind belongs to whoever gets its lock. Thread-safe.
 */
final class Spool implements AutoCloseable {
  private static final String LOCK = "lock";
  private static final Pattern PROCESS = Pattern.compile("process-[0-9a-f-]{36}");
  private static final FileAttribute<Set<PosixFilePermission>> OWN =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path all;
  private final Path own;
  private final FileChannel lock;

  private Spool(Path all, Path own, FileChannel lock) {
    this.all = all;
    this.own = own;
    this.lock = lock;
  }

  /** One of this process, in {@code state}. */
  static Spool open(Path state) throws IOException {
    Path all = state.resolve("recordings");
    if (!Files.isDirectory(all)) {
      Files.createDirectories(all, OWN);
    }
    Path own = Files.createDirectory(all.resolve("process-" + UUID.randomUUID()), OWN);
    Optional<FileChannel> lock = lock(own);
    return new Spool(all, own, lock.orElseThrow(() -> new IOException(own + " is locked.")));
  }

  private static Optional<FileChannel> lock(Path process) throws IOException {
    FileChannel file =
        FileChannel.open(
            process.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = file.tryLock();
      if (lock != null) {
        return Optional.of(file);
      }
    } catch (OverlappingFileLockException e) {
      // Another one of this very process.
    } catch (IOException e) {
      file.close();
      throw e;
    }
    file.close();
    return Optional.empty();
  }

  /** The directory of a new recording. */
  Path make(String recording) throws IOException {
    return Files.createDirectory(own.resolve(RecordingFormat.check(recording, 0)), OWN);
  }

  /**
   * Takes over what processes that died left behind.
   *
   * @return the directories of their recordings, which are this process's now
   */
  List<Path> adopt() throws IOException {
    List<Path> adopted = new ArrayList<>();
    for (Path process : list(all)) {
      if (!process.equals(own) && isProcess(process)) {
        adopt(process, adopted);
      }
    }
    return adopted;
  }

  private static boolean isProcess(Path directory) {
    return PROCESS.matcher(String.valueOf(directory.getFileName())).matches();
  }

  private void adopt(Path process, List<Path> adopted) throws IOException {
    Optional<FileChannel> held;
    try {
      held = lock(process);
    } catch (NoSuchFileException e) {
      return; // Somebody else adopted it.
    }
    if (held.isEmpty()) {
      return;
    }
    try (FileChannel _ = held.get()) {
      for (Path recording : list(process)) {
        if (RecordingFormat.isName(String.valueOf(recording.getFileName()))) {
          adopted.add(Files.move(recording, own.resolve(recording.getFileName())));
        }
      }
      Files.deleteIfExists(process.resolve(LOCK));
      Files.deleteIfExists(process);
    }
  }

  static List<Path> list(Path directory) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(files::add);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    files.sort(null);
    return files;
  }

  /** Lets go; what is there is for the next process. */
  @Override
  public void close() throws IOException {
    if (list(own).size() <= 1) {
      Files.deleteIfExists(own.resolve(LOCK));
      Files.deleteIfExists(own);
    }
    lock.close();
  }
}

package dev.holdfast.recording;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A directory of recordings: for each a directory of its name, in it a file for each part, which
 * only their owner may read. A part is written beside, and gets its name when its bytes are safe;
 * so whatever has a name is whole, and what is left of an attempt that failed is removed.
 * Thread-safe, also between processes.
 */
public final class DirectoryParts implements PartStore {
  private static final FileAttribute<Set<PosixFilePermission>> OWN_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<Set<PosixFilePermission>> OWN_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final Pattern PART = Pattern.compile("([0-9]{8})\\.part");

  private final Path root;

  /** The parts in {@code root}, which is made when the first of them is put there. */
  public DirectoryParts(Path root) {
    this.root = root;
  }

  /** The name of the file of a part, in its recording's directory. */
  public static String fileName(int index) {
    return "%08d.part".formatted(index);
  }

  /** The part that a file of this name is, if it is one. */
  public static Optional<Integer> index(Path file) {
    Matcher name = PART.matcher(String.valueOf(file.getFileName()));
    return name.matches() && Integer.parseInt(name.group(1)) < RecordingFormat.MOST_PARTS
        ? Optional.of(Integer.parseInt(name.group(1)))
        : Optional.empty();
  }

  @Override
  public void put(String recording, int index, byte[] part) throws IOException {
    Path directory = root.resolve(RecordingFormat.check(recording, index));
    if (part.length > RecordingFormat.MOST_PART) {
      throw new IllegalArgumentException("a part of " + part.length + " bytes");
    }
    make(directory);
    Path file = directory.resolve(fileName(index));
    if (isThere(file, part)) {
      sync(directory);
      return;
    }
    Path beside = directory.resolve(".%08d.%s".formatted(index, UUID.randomUUID()));
    try {
      write(beside, part);
      name(beside, file, part);
      sync(directory);
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  private void make(Path directory) throws IOException {
    if (Files.isDirectory(directory, NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.isDirectory(root)) {
      Files.createDirectories(root, OWN_DIRECTORY);
    }
    try {
      Files.createDirectory(directory, OWN_DIRECTORY);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(directory, NOFOLLOW_LINKS)) {
        throw new IOException(directory + " is no directory; remove it.", e);
      }
    }
    sync(root);
  }

  private static void write(Path file, byte[] part) throws IOException {
    try (FileChannel channel = FileChannel.open(file, Set.of(CREATE_NEW, WRITE), OWN_FILE)) {
      ByteBuffer bytes = ByteBuffer.wrap(part);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }

  /** A link instead of a move: it never replaces what somebody else put there meanwhile. */
  private static void name(Path beside, Path file, byte[] part) throws IOException {
    try {
      Files.createLink(file, beside);
    } catch (FileAlreadyExistsException e) {
      if (!isThere(file, part)) {
        throw e;
      }
    }
  }

  private static boolean isThere(Path file, byte[] part) throws IOException {
    Optional<byte[]> there = read(file);
    if (there.isPresent() && !Arrays.equals(there.get(), part)) {
      throw new IOException(
          "Part " + file + " is there already, with other bytes; it is not replaced.");
    }
    return there.isPresent();
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, READ)) {
      channel.force(true);
    }
  }

  @Override
  public Optional<byte[]> get(String recording, int index) throws IOException {
    return read(root.resolve(RecordingFormat.check(recording, index)).resolve(fileName(index)));
  }

  private static Optional<byte[]> read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file, READ, NOFOLLOW_LINKS)) {
      byte[] part = in.readNBytes(RecordingFormat.MOST_PART + 1);
      if (part.length > RecordingFormat.MOST_PART) {
        throw new IOException(file + " is larger than a part can be.");
      }
      return Optional.of(part);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  @Override
  public List<Integer> parts(String recording) throws IOException {
    List<Integer> parts = new ArrayList<>();
    for (Path file : list(root.resolve(RecordingFormat.check(recording, 0)))) {
      index(file).ifPresent(parts::add);
    }
    parts.sort(null);
    return List.copyOf(parts);
  }

  @Override
  public List<String> recordings() throws IOException {
    List<String> recordings = new ArrayList<>();
    for (Path directory : list(root)) {
      String name = String.valueOf(directory.getFileName());
      if (RecordingFormat.isName(name) && !parts(name).isEmpty()) {
        recordings.add(name);
      }
    }
    return List.copyOf(recordings);
  }

  private static List<Path> list(Path directory) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      List<Path> all = new ArrayList<>();
      files.forEach(all::add);
      return all;
    } catch (NoSuchFileException | NotDirectoryException e) {
      return List.of();
    }
  }

  @Override
  public void delete(String recording) throws IOException {
    Path directory = root.resolve(RecordingFormat.check(recording, 0));
    for (Path file : list(directory)) {
      Files.deleteIfExists(file);
    }
    try {
      if (Files.deleteIfExists(directory)) {
        sync(root);
      }
    } catch (DirectoryNotEmptyException e) {
      throw new IOException("A part of recording " + recording + " came meanwhile.", e);
    }
  }
}

package dev.holdfast.cli;

import dev.holdfast.recording.DirectoryParts;
import dev.holdfast.recording.Event;
import dev.holdfast.recording.ReadingKey;
import dev.holdfast.recording.RecordingFormat;
import dev.holdfast.recording.Verification;
import dev.holdfast.recording.Verifier;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A recording in files of this machine: its parts, in their order.
 *
 * @param name for people
 * @param files each a part, or several one behind the other
 * @param keys to read it by, if it is encrypted
 */
record RecordedFiles(String name, List<Path> files, List<ReadingKey> keys)
    implements RecordingPlace {
  /** A file of parts can be larger than memory should hold. */
  private static final long MOST_FILE = 1L << 30;

  RecordedFiles {
    files = List.copyOf(files);
    keys = List.copyOf(keys);
  }

  /** The recordings at a path: one file, one recording's directory, or a directory of those. */
  static List<RecordedFiles> at(Path path, List<ReadingKey> keys) throws IOException {
    if (Files.isRegularFile(path)) {
      return List.of(new RecordedFiles(path.toString(), List.of(path), keys));
    }
    if (!Files.isDirectory(path)) {
      throw new IOException("There is no recording " + path + ".");
    }
    List<Path> parts = parts(path);
    if (!parts.isEmpty()) {
      return List.of(new RecordedFiles(path.toString(), parts, keys));
    }
    List<RecordedFiles> all = new ArrayList<>();
    for (Path directory : list(path)) {
      if (RecordingFormat.isName(String.valueOf(directory.getFileName()))
          && !parts(directory).isEmpty()) {
        all.add(new RecordedFiles(directory.toString(), parts(directory), keys));
      }
    }
    return all;
  }

  /** The one recording at a path. */
  static RecordedFiles one(Path path, List<ReadingKey> keys) throws IOException {
    List<RecordedFiles> all = at(path, keys);
    if (all.isEmpty()) {
      throw new IOException("There is no recording in " + path + ".");
    }
    if (all.size() > 1) {
      throw new IOException(
          "There are %d recordings in %s; name one of them, such as %s."
              .formatted(all.size(), path, all.getFirst().name()));
    }
    return all.getFirst();
  }

  private static List<Path> parts(Path directory) throws IOException {
    return list(directory).stream().filter(it -> DirectoryParts.index(it).isPresent()).toList();
  }

  private static List<Path> list(Path directory) throws IOException {
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      List<Path> files = new ArrayList<>();
      stream.forEach(files::add);
      files.sort(null);
      return files;
    }
  }

  @Override
  public Verification read(Consumer<Event> sink) throws IOException {
    Verifier verifier = new Verifier(keys, sink);
    for (Path file : files) {
      if (Files.size(file) > MOST_FILE) {
        throw new IOException(file + " is larger than 1 GiB; split it into its parts.");
      }
      int index = DirectoryParts.index(file).orElse(-1);
      verifier.add(index < 0 ? file.toString() : "part " + index, index, Files.readAllBytes(file));
    }
    return verifier.finish();
  }
}

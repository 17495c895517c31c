package dev.holdfast.auth;

import dev.holdfast.recording.DirectoryParts;
import dev.holdfast.recording.PartStore;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Recordings in a directory, each part a file; nothing is put together. Thread-safe. */
final class DirectoryStore implements RecordingStore {
  private final PartStore parts;
  private final Path directory;

  private DirectoryStore(PartStore parts, Path directory) {
    this.parts = parts;
    this.directory = directory;
  }

  static DirectoryStore open(Path directory) {
    return new DirectoryStore(new DirectoryParts(directory), directory);
  }

  @Override
  public void put(String recording, int index, byte[] part) throws IOException {
    try {
      parts.put(recording, index, part);
    } catch (FileSystemException e) {
      throw refused("takes no recordings", e);
    }
  }

  @Override
  public Optional<byte[]> get(String recording, int index) throws IOException {
    try {
      return parts.get(recording, index);
    } catch (FileSystemException e) {
      throw refused("can't be read", e);
    }
  }

  @Override
  public List<Integer> parts(String recording) throws IOException {
    return parts.parts(recording);
  }

  @Override
  public List<String> recordings() throws IOException {
    return parts.recordings();
  }

  @Override
  public void delete(String recording) throws IOException {
    try {
      parts.delete(recording);
    } catch (FileSystemException e) {
      throw refused("removes nothing", e);
    }
  }

  @Override
  public void compose(String recording) {}

  private IOException refused(String what, FileSystemException e) {
    String why =
        e.getReason() != null
            ? e.getReason()
            : e instanceof AccessDeniedException ? "Permission denied" : "it fails";
    return new IOException("The directory %s %s: %s.".formatted(directory, what, why), e);
  }

  @Override
  public String place() {
    return directory.toString();
  }

  @Override
  public void close() {}
}

package dev.holdfast.ssh;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A socket in the file system that is listened on for a user, and goes with the listener.
 *
 * @param directory what was made for it alone, if anything
 */
record SocketFile(
    ServerSocketChannel listener, Path file, Optional<Path> directory, User user, UserRights rights)
    implements AutoCloseable {
  @Override
  public void close() throws IOException {
    try (listener) {
      rights.as(
          user,
          () -> {
            Files.deleteIfExists(file);
            if (directory.isPresent()) {
              Files.deleteIfExists(directory.get());
            }
            return file;
          });
    }
  }
}

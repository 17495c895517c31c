package dev.holdfast.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that the server's own settings name, read with the server's own rights. */
final class OwnFile {
  /** Bytes of the largest file that is read. */
  static final int MOST_BYTES = 64 << 20;

  private OwnFile() {}

  static byte[] read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new IOException("it is larger than " + MOST_BYTES + " bytes");
      }
      return bytes;
    }
  }
}

package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;

/** Where audit events go besides the store, a line of JSON each. Called by one thread at a time. */
public interface AuditLines {
  /** Appends lines, durably where that is possible. */
  void append(List<String> lines) throws IOException;

  /** Where that is, for people. */
  String place();

  /** A file, opened anew each time, so that it may be moved away at any time. */
  static AuditLines file(Path file) {
    return new ToFile(file);
  }

  /** A stream, such as standard output. */
  static AuditLines stream(OutputStream out, String place) {
    return new ToStream(out, place);
  }

  /** See {@link #file}. */
  record ToFile(Path file) implements AuditLines {
    @Override
    public void append(List<String> lines) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes(lines));
      try (FileChannel channel =
          FileChannel.open(
              file,
              EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")))) {
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(false);
      }
    }

    @Override
    public String place() {
      return file.toString();
    }
  }

  /** See {@link #stream}. */
  record ToStream(OutputStream out, String place) implements AuditLines {
    @Override
    public void append(List<String> lines) throws IOException {
      out.write(bytes(lines));
      out.flush();
    }
  }

  private static byte[] bytes(List<String> lines) {
    return (String.join("\n", lines) + "\n").getBytes(UTF_8);
  }
}

package dev.holdfast.forward;

import dev.holdfast.access.Json;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** A connection that carries JSON objects, one a line. For one reader; writers may be several. */
final class ControlLines {
  /** Bytes of a line. */
  static final int MOST_BYTES = 256 * 1024;

  private final SocketChannel channel;
  private final InputStream in;

  ControlLines(SocketChannel channel) {
    this.channel = channel;
    in = new BufferedInputStream(Channels.newInputStream(channel));
  }

  /** The next object; nothing at the end. */
  Optional<Map<String, Object>> read() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        return Optional.empty();
      }
      if (line.size() == MOST_BYTES) {
        throw new IOException("A line is longer than " + MOST_BYTES + " bytes.");
      }
      line.write(c);
    }
    if (Json.parse(line.toString(StandardCharsets.UTF_8)) instanceof Json.Members object) {
      return Optional.of(object.plainValues());
    }
    throw new IOException("A line is no object of JSON.");
  }

  /** Writes one. */
  synchronized void write(Map<String, ?> object) throws IOException {
    ByteBuffer line =
        ByteBuffer.wrap((Json.from(object).line() + "\n").getBytes(StandardCharsets.UTF_8));
    while (line.hasRemaining()) {
      channel.write(line);
    }
  }
}

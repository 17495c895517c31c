package dev.holdfast.forward;

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
  static final int MOST_BYTES = Json.MOST_CHARS;

  private final SocketChannel channel;
  private final InputStream in;

  ControlLines(SocketChannel channel) {
    this.channel = channel;
    in = new BufferedInputStream(Channels.newInputStream(channel));
  }

  /** The next object; nothing at the end. */
  Optional<Map<String, Object>> read() throws IOException, Json.Malformed {
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
    return Optional.of(Json.object(line.toString(StandardCharsets.UTF_8)));
  }

  /** Writes one. */
  synchronized void write(Map<String, ?> object) throws IOException {
    ByteBuffer line = ByteBuffer.wrap((Json.text(object) + "\n").getBytes(StandardCharsets.UTF_8));
    while (line.hasRemaining()) {
      channel.write(line);
    }
  }
}

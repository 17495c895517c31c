package dev.holdfast.link;

import dev.holdfast.stream.ClientOpeningV1;
import dev.holdfast.stream.ProtocolException;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;

/**
 * A stream of resume v1 whose server has said its line.
 *
 * @param session what is needed to come back
 * @param reply what the first link begins with
 * @param heard bytes received behind the line
 */
record FirstOpeningV1(ClientOpeningV1.Session session, byte[] reply, ByteBuffer heard) {
  private static final int READ = 1024;

  /**
   * Reads the server's line from the blocking {@code channel}; {@code heard} was read of it
   * already.
   */
  static FirstOpeningV1 await(
      SocketChannel channel, ClientOpeningV1 opening, byte[] heard, Duration timeout)
      throws IOException {
    InputStream in = channel.socket().getInputStream();
    channel.socket().setSoTimeout((int) timeout.toMillis());
    byte[] all = heard;
    try {
      while (true) {
        ByteBuffer input = ByteBuffer.wrap(all);
        switch (opening.read(input)) {
          case ClientOpeningV1.Step.Opened opened -> {
            return new FirstOpeningV1(opened.session(), opened.reply(), input);
          }
          case ClientOpeningV1.Step.More more -> all = readMore(in, all);
          default ->
              throw new IOException(
                  "The server does not speak resume v1; try without --resume v1.");
        }
      }
    } catch (SocketTimeoutException e) {
      throw new IOException(
          "The server did not say whether it speaks resume v1; try without --resume v1.", e);
    } catch (ProtocolException e) {
      throw new IOException("The server's line of resume v1 is of no use: " + e.getMessage(), e);
    } finally {
      channel.socket().setSoTimeout(0);
    }
  }

  private static byte[] readMore(InputStream in, byte[] had) throws IOException {
    byte[] more = new byte[READ];
    int bytes = in.read(more);
    if (bytes < 0) {
      throw new IOException("The server closed the connection before it had said what it speaks.");
    }
    byte[] all = Arrays.copyOf(had, had.length + bytes);
    System.arraycopy(more, 0, all, had.length, bytes);
    return all;
  }
}

package dev.holdfast.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * A TCP client that says exactly what a test wants, and keeps what it hears. Confined to the test's
 * thread.
 */
final class RawClient implements AutoCloseable {
  private static final int DEADLINE_MILLIS = 15_000;

  private final Socket socket = new Socket();
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

  RawClient(InetSocketAddress server) throws IOException {
    socket.connect(server, DEADLINE_MILLIS);
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(DEADLINE_MILLIS);
  }

  RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  RawClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  void finish() throws IOException {
    socket.shutdownOutput();
  }

  /** Closes so that the server sees a reset. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** The next line with its end; what came before the end of the stream if that is first. */
  String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b = 0;
    while (b != '\n' && (b = read()) >= 0) {
      line.write(b);
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  /** Reads so many bytes, or up to the end of the stream. */
  byte[] bytes(int count) throws IOException {
    byte[] bytes = socket.getInputStream().readNBytes(count);
    heard.write(bytes);
    return bytes;
  }

  /** All up to the end of the stream. */
  byte[] rest() throws IOException {
    return bytes(Integer.MAX_VALUE);
  }

  /** Says nothing for that long; keeps what it hears meanwhile. */
  RawClient pause(int millis) throws IOException {
    long end = System.nanoTime() + millis * 1_000_000L;
    try {
      for (long left = millis; left > 0; left = (end - System.nanoTime()) / 1_000_000) {
        socket.setSoTimeout((int) left);
        if (read() < 0) {
          return this;
        }
      }
    } catch (SocketTimeoutException e) {
      // Silence: as it should be.
    } finally {
      socket.setSoTimeout(DEADLINE_MILLIS);
    }
    return this;
  }

  /** All that it has heard since it was opened. */
  String heard() {
    return heard.toString(StandardCharsets.ISO_8859_1);
  }

  private int read() throws IOException {
    int b = socket.getInputStream().read();
    if (b >= 0) {
      heard.write(b);
    }
    return b;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

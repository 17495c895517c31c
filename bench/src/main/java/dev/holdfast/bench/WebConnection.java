package dev.holdfast.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A browser's connection to a {@link WebServer}, for one thread. */
final class WebConnection implements AutoCloseable {
  private static final int BUFFER = 1 << 16;
  private static final int ANSWER_MILLIS_MAX = 60_000;

  private final Socket socket;
  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER];

  private WebConnection(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(ANSWER_MILLIS_MAX);
    in = new BufferedInputStream(socket.getInputStream(), BUFFER);
  }

  static WebConnection open(int port) throws IOException {
    return new WebConnection(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** Asks for so many bytes and reads them. */
  void get(long bytes) throws IOException {
    String request = "GET /" + bytes + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    skipHead();
    for (long left = bytes; left > 0; ) {
      int count = in.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (count < 0) {
        throw new EOFException("the answer ended early");
      }
      left -= count;
    }
  }

  private void skipHead() throws IOException {
    int last = 0;
    while (last != 0x0d0a0d0a) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("no answer");
      }
      last = last << 8 | next;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

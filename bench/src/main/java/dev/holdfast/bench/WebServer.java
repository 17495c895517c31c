package dev.holdfast.bench;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A web server on loopback: {@code GET /N} is answered by N bytes of a page, over connections that
 * stay.
 */
final class WebServer implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  /** Of what else a browser wants, such as an icon, nothing is answered. */
  private static final Pattern REQUEST = Pattern.compile("GET /([0-9]*)");

  private final ServerSocket listener;

  private WebServer(ServerSocket listener) {
    this.listener = listener;
  }

  static WebServer start() throws IOException {
    var server = new WebServer(new ServerSocket(0, 64, InetAddress.getLoopbackAddress()));
    Thread.ofPlatform().daemon().name("web").start(server::accept);
    return server;
  }

  int port() {
    return listener.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        Thread.ofPlatform().daemon().name("web, one client").start(() -> serve(client));
      }
    } catch (IOException e) {
      // It was closed.
    }
  }

  private static void serve(Socket client) {
    try (client) {
      client.setTcpNoDelay(true);
      var in =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
      var out = new BufferedOutputStream(client.getOutputStream(), BUFFER);
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        Matcher request = REQUEST.matcher(line);
        if (request.lookingAt()) {
          answer(out, Long.parseLong("0" + request.group(1)));
        }
      }
    } catch (IOException e) {
      // The client has gone.
    }
  }

  private static void answer(OutputStream out, long bytes) throws IOException {
    String head =
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: " + bytes + "\r\n\r\n";
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    byte[] zeros = new byte[(int) Math.min(bytes, BUFFER)];
    for (long left = bytes; left > 0; left -= zeros.length) {
      out.write(zeros, 0, (int) Math.min(left, zeros.length));
    }
    out.flush();
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}

package dev.holdfast.browser;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Small TCP servers for tests, each with an answer that is always the same. */
final class TestServers implements AutoCloseable {
  private final List<ServerSocket> listeners = new CopyOnWriteArrayList<>();

  /** What a server does with a connection. */
  interface Talk {
    void with(InputStream in, OutputStream out) throws IOException;
  }

  /** One that answers each request with this page. */
  int page(String html) {
    return answering(http("200 OK", "text/html; charset=utf-8", html));
  }

  static String http(String status, String type, String body) {
    return "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
        .formatted(status, type, body.getBytes(StandardCharsets.UTF_8).length, body);
  }

  /** One that reads a request's head and answers that. */
  int answering(String answer) {
    return talking((in, out) -> {
      readHead(in);
      out.write(answer.getBytes(StandardCharsets.UTF_8));
    });
  }

  static String readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int c = in.read();
      if (c < 0) {
        break;
      }
      head.append((char) c);
    }
    return head.toString();
  }

  int talking(Talk talk) {
    return listen(socket ->
        Thread.ofVirtual()
            .start(() -> {
              try (socket) {
                talk.with(socket.getInputStream(), socket.getOutputStream());
              } catch (IOException e) {
                // The client has gone.
              }
            }));
  }

  /** One that serves one connection after the other, as some development servers do. */
  int oneByOne(Talk talk) {
    return listen(socket -> {
      try (socket) {
        talk.with(socket.getInputStream(), socket.getOutputStream());
      } catch (IOException e) {
        // The client has gone.
      }
    });
  }

  private interface Serving {
    void serve(Socket socket);
  }

  private int listen(Serving serving) {
    try {
      ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
      listeners.add(listener);
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            while (!listener.isClosed()) {
              try {
                serving.serve(listener.accept());
              } catch (IOException e) {
                // Closed, at the end of the test.
              }
            }
          });
      return listener.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    for (ServerSocket listener : listeners) {
      listener.close();
    }
  }
}

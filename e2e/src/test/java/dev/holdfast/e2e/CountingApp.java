package dev.holdfast.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A web app on loopback that notes each request that it runs, {@code counting_app.py}. */
final class CountingApp implements AutoCloseable {
  private static final int MOST_WAIT_MILLIS = 60_000;

  private final InetSocketAddress address = Ports.free();
  private final Path log = Scratch.directory("app").resolve("log");
  private final Program program;

  /**
   * Starts one.
   *
   * @param mode single or threaded
   */
  CountingApp(String mode) {
    this(mode, List.of());
  }

  /** The same where the launcher leads. */
  CountingApp(String mode, List<String> launcher) {
    program =
        Command.of(
                "/usr/bin/python3",
                Sources.file("python", "counting_app.py").toString(),
                mode,
                log.toString(),
                Integer.toString(address.getPort()))
            .startedBy(launcher)
            .start();
    Ports.awaitListening(program, address.getPort());
  }

  InetSocketAddress address() {
    return address;
  }

  /** The requests that were run, in their order. */
  List<String> ran() {
    try {
      return Files.exists(log) ? Files.readAllLines(log) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets those go on that wait. */
  void release() {
    try {
      Files.createFile(log.resolveSibling(log.getFileName() + ".go"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the app at {@code port} answers to one request on a connection of its own. */
  static String get(int port, String name) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(MOST_WAIT_MILLIS);
      socket
          .getOutputStream()
          .write(("GET /" + name + " HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      int body = answer.indexOf("\r\n\r\n");
      if (!answer.startsWith("HTTP/1.0 200 ") || body < 0) {
        throw new IOException("no whole answer: " + answer);
      }
      return answer.substring(body + 4);
    }
  }

  @Override
  public void close() {
    program.close();
  }
}

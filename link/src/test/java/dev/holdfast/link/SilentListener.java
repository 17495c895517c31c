package dev.holdfast.link;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A port on loopback that answers no SYN: its queue of connections is full and nobody accepts, so
 * Linux drops what comes. The kernel's table tells who still knocks.
 */
final class SilentListener implements AutoCloseable {
  private static final List<Path> CONNECTIONS =
      List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));
  private static final String SYN_SENT = "02";

  private final ServerSocket listener = new ServerSocket();
  private final List<Socket> queued = new ArrayList<>();

  SilentListener(String address, int port) throws IOException {
    listener.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port), 1);
    for (int i = 0; i < 2; i++) { // a queue of one holds two
      queued.add(new Socket(listener.getInetAddress(), listener.getLocalPort()));
    }
  }

  int port() {
    return listener.getLocalPort();
  }

  /** How many connections to this port await an answer to their SYN. */
  long knocking() throws IOException {
    String port = ":%04X".formatted(port());
    long count = 0;
    for (Path table : CONNECTIONS) {
      count +=
          Files.readAllLines(table).stream()
              .map(line -> line.strip().split("\\s+"))
              .filter(columns -> columns[2].endsWith(port) && columns[3].equals(SYN_SENT))
              .count();
    }
    return count;
  }

  /** Makes room: the next SYN is answered. */
  void acceptAll() throws IOException {
    for (int i = 0; i < 2; i++) {
      queued.add(listener.accept());
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : queued) {
      socket.close();
    }
  }
}

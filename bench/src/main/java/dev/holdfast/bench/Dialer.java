package dev.holdfast.bench;

import java.io.IOException;
import java.net.InetSocketAddress;

/** The client's half of a {@link Path}: opens a connection to an address. Thread-safe. */
interface Dialer {

  Pipe open(InetSocketAddress to) throws IOException;

  /**
   * Returns the dialer that a client process was started with: its name, then its own arguments.
   */
  static Dialer named(String[] words) throws IOException {
    return switch (words[0]) {
      case "socket" -> SocketPipe::open;
      case "library" -> StreamPipe.dialer();
      case "connect" -> ProcessPipe.connect(words[1]);
      default -> throw new IllegalArgumentException("no dialer is called " + words[0]);
    };
  }
}

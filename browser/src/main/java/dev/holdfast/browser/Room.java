package dev.holdfast.browser;

import java.io.IOException;
import java.nio.channels.SocketChannel;

/** What a door leads into: here, or in a confined process. Thread-safe. */
interface Room extends AutoCloseable {
  /** Takes over a connection of the browser's, whoever's it is was looked up. */
  void take(SocketChannel accepted) throws IOException;

  /** Takes no more. */
  @Override
  void close();
}

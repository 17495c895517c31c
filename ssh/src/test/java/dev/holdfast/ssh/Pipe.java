package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.net.InetSocketAddress;

/** A stream in memory between a client and a server. */
final class Pipe {
  /** Bytes under way in one direction where a test doesn't care. */
  static final int CAPACITY = 256 * 1024;

  final Duplex client;
  final Duplex server;
  private final dev.holdfast.link.Pipe pipe;

  Pipe() {
    this(CAPACITY);
  }

  Pipe(int capacity) {
    pipe = new dev.holdfast.link.Pipe(address(40_000), address(22), capacity);
    client = pipe.near();
    server = pipe.far();
  }

  /** Both ends fail at once, whatever is on the way. */
  void vanish() {
    pipe.sever();
  }

  private static InetSocketAddress address(int port) {
    return InetSocketAddress.createUnresolved("pipe", port);
  }
}

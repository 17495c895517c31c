package dev.holdfast.link;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The clients without resumption of a server in this process. Thread-safe. */
final class PlainClients {
  private final Consumer<GateEvent> events;
  private final AtomicInteger count = new AtomicInteger();

  PlainClients(Consumer<GateEvent> events) {
    this.events = events;
  }

  /** Gives a client to the server; on {@code loop}. */
  void join(Behind.Acceptor acceptor, Loop loop, SocketChannel client, ByteBuffer fromClient) {
    count.incrementAndGet();
    SocketAddress who = Addresses.remote(client);
    events.accept(new GateEvent.Joined(who));
    long since = Loop.now();
    loop.execute(() -> {
      PlainDuplex duplex = new PlainDuplex(client, fromClient, it -> left(it, who, since));
      try {
        loop.makeBlocking(client);
      } catch (IOException e) {
        duplex.close();
        return;
      }
      Thread.ofVirtual().start(() -> acceptor.accept(duplex));
    });
  }

  private void left(PlainDuplex duplex, SocketAddress who, long since) {
    count.decrementAndGet();
    Duration lasted = Duration.ofNanos(Loop.now() - since);
    events.accept(new GateEvent.Left(who, duplex.up(), duplex.down(), lasted));
  }

  /** How many there are. */
  int size() {
    return count.get();
  }
}

package dev.holdfast.link;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** The clients without resumption of a server in this process. Thread-safe. */
final class PlainClients {
  private final Consumer<GateEvent> events;
  private final AtomicInteger count = new AtomicInteger();

  PlainClients(Consumer<GateEvent> events) {
    this.events = events;
  }

  private record Joined(String name, SocketAddress client, long since) {}

  /**
   * Gives a client to the server; on {@code loop}.
   *
   * @param said what the server says first, as far as the client has heard it
   */
  void join(
      Behind.Acceptor acceptor,
      Loop loop,
      SocketChannel client,
      ByteBuffer fromClient,
      ByteBuffer said) {
    count.incrementAndGet();
    Joined joined = new Joined(name(), Addresses.remote(client), Loop.now());
    events.accept(new GateEvent.Joined(joined.name, joined.client));
    loop.execute(() -> {
      PlainDuplex duplex = new PlainDuplex(client, fromClient, it -> left(it, joined));
      try {
        loop.makeBlocking(client);
      } catch (IOException e) {
        duplex.close();
        return;
      }
      Duplex rest = said.hasRemaining() ? new SpokenDuplex(duplex, said) : duplex;
      Thread.ofVirtual().start(() -> acceptor.accept(rest, joined.name));
    });
  }

  private void left(PlainDuplex duplex, Joined who) {
    count.decrementAndGet();
    Duration lasted = Duration.ofNanos(Loop.now() - who.since);
    events.accept(new GateEvent.Left(who.name, who.client, duplex.up(), duplex.down(), lasted));
  }

  /** A name for the log, such as streams have. */
  static String name() {
    return "%08x".formatted(ThreadLocalRandom.current().nextInt());
  }

  /** How many there are. */
  int size() {
    return count.get();
  }
}

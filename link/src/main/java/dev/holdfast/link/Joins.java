package dev.holdfast.link;

import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What a gate joins without a stream: plain clients with the server behind it, callers with each
 * other. Thread-safe.
 */
final class Joins {
  private final Gate gate;
  private final Loops loops;
  private final Splices splices;
  private final PlainClients plain;

  /** None yet. */
  Joins(Gate gate, Loops loops) {
    this.gate = gate;
    this.loops = loops;
    splices = new Splices(gate.events());
    plain = new PlainClients(gate.events());
  }

  /** How many there are. */
  int size() {
    return splices.size() + plain.size();
  }

  /**
   * Joins a plain client with the server; on {@code loop}.
   *
   * @param said what was said to it in the name of a server in this process
   */
  void join(Loop loop, SocketChannel client, ByteBuffer fromClient, ByteBuffer said) {
    if (gate.isDraining()) {
      Loop.closeQuietly(client);
      return;
    }
    switch (gate.settings().target()) {
      case Destination to ->
          gate.dial(
              to,
              loop,
              client,
              server -> splice(loop, client, server, fromClient, ByteBuffer.allocate(0)),
              why -> Loop.closeQuietly(client));
      case Behind.InProcess here -> {
        gate.figures().joined.incrementAndGet();
        plain.join(here.acceptor(), loop, client, fromClient, said);
      }
    }
  }

  /** Joins a plain client with a connection to the server that is there; on {@code loop}. */
  void splice(
      Loop loop,
      SocketChannel client,
      SocketChannel server,
      ByteBuffer fromClient,
      ByteBuffer fromServer) {
    gate.figures().joined.incrementAndGet();
    splices.join(loop, client, server, fromClient, fromServer);
  }

  /** See {@link Callers#relay}. */
  Relay relay(Caller client, Caller node, Consumer<Relay> ended) {
    Loop loop = loops.next();
    Relay relay = new Relay(loop, ended);
    gate.figures().joined.incrementAndGet();
    Closeable both =
        () -> {
          client.close();
          node.close();
        };
    loop.give(both, () -> splices.relay(loop, client, node, relay));
    return relay;
  }

  /** What to hand over of each that can be. Their loops stand still. */
  Map<Splice, HandoverMessage.Splice> keep() {
    return splices.keep();
  }

  /** Goes on with two connections that another process had joined. */
  void restore(HandoverMessage.Splice kept, SocketChannel client, SocketChannel server) {
    Loop loop = loops.next();
    loop.execute(() -> splices.restore(loop, kept, client, server));
  }
}

package dev.holdfast.link;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The clients of a gate that are joined to the server without a stream. Thread-safe. */
final class Splices {
  private final Consumer<GateEvent> events;
  private final Map<Splice, Joined> splices = new ConcurrentHashMap<>();

  Splices(Consumer<GateEvent> events) {
    this.events = events;
  }

  /** Who is joined, and since when. */
  private record Joined(String name, SocketAddress client, long since) {}

  /** Joins two connections, with bytes that each has already sent; on {@code loop}. */
  void join(
      Loop loop,
      SocketChannel client,
      SocketChannel server,
      ByteBuffer fromClient,
      ByteBuffer fromServer) {
    Joined who = new Joined(PlainClients.name(), Addresses.remote(client), Loop.now());
    events.accept(new GateEvent.Joined(who.name, who.client));
    start(loop, client, server, who, SpliceSide.fresh(fromServer), SpliceSide.fresh(fromClient));
  }

  /** Joins two connections for somebody who watches over them; on {@code loop}. */
  void relay(Loop loop, Caller client, Caller node, Relay relay) {
    SocketAddress from = client.from();
    Joined who = new Joined(PlainClients.name(), from, Loop.now());
    Splice splice =
        new Splice(
            loop,
            client.channel(),
            node.channel(),
            it -> {
              splices.remove(it);
              relay.over(it);
            });
    splices.put(splice, who);
    try {
      client.keepAlive();
      node.keepAlive();
      splice.start(SpliceSide.fresh(node.received()), SpliceSide.fresh(client.received()));
    } catch (IOException e) {
      splice.close();
    }
    relay.begun(splice);
  }

  /** Goes on with two connections that another process had joined; on {@code loop}. */
  void restore(Loop loop, HandoverMessage.Splice kept, SocketChannel client, SocketChannel server) {
    Joined who = new Joined(PlainClients.name(), kept.client(), Loop.now() - kept.ageNanos());
    start(loop, client, server, who, kept.toClient(), kept.toServer());
  }

  private void start(
      Loop loop,
      SocketChannel client,
      SocketChannel server,
      Joined who,
      SpliceSide toClient,
      SpliceSide toServer) {
    Splice splice = new Splice(loop, client, server, it -> left(it, who));
    splices.put(splice, who);
    try {
      splice.start(toClient, toServer);
    } catch (IOException e) {
      splice.close();
    }
  }

  private void left(Splice splice, Joined who) {
    splices.remove(splice);
    Duration lasted = Duration.ofNanos(Loop.now() - who.since);
    events.accept(new GateEvent.Left(who.name, who.client, splice.up(), splice.down(), lasted));
  }

  /** How many there are. */
  int size() {
    return splices.size();
  }

  /** What to hand over of each. Their loops stand still. */
  Map<Splice, HandoverMessage.Splice> keep() {
    Map<Splice, HandoverMessage.Splice> kept = new HashMap<>();
    splices.forEach((splice, who) ->
        kept.put(
            splice,
            new HandoverMessage.Splice(
                who.client, Loop.now() - who.since, splice.toClient(), splice.toServer())));
    return kept;
  }
}

package dev.holdfast.link;

import dev.holdfast.stream.Endpoint;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The taking side of a hand-over between gate processes: everything the old one had, before
 * anything of it moves.
 */
final class GateTakeover implements Closeable {
  private static final Duration STEP = Duration.ofSeconds(20);

  private final List<ServerSocketChannel> listeners = new ArrayList<>();
  private final List<Stream> streams = new ArrayList<>();
  private final List<Joined> splices = new ArrayList<>();
  private String hostId = "";
  private boolean restored;

  private GateTakeover() {}

  private record Stream(
      HandoverMessage.Stream kept, SocketChannel server, List<HandoverMessage.Bytes> bytes) {}

  private record Joined(HandoverMessage.Splice kept, SocketChannel client, SocketChannel server) {}

  /** Asks for everything and receives it; returns when the old process has let go. */
  static GateTakeover receive(DescriptorSocket from) throws IOException {
    GateTakeover takeover = new GateTakeover();
    try {
      from.send(new HandoverMessage.TakeOver(HandoverMessage.FORMAT).encoded(), List.of(), STEP);
      while (takeover.take(from)) {
        // Until that was all.
      }
      from.send(new HandoverMessage.HaveAll().encoded(), List.of(), STEP);
      takeover.awaitYours(from);
      return takeover;
    } catch (IOException | RuntimeException e) {
      takeover.close();
      throw e;
    }
  }

  /** Takes one message; false if it was the last. */
  private boolean take(DescriptorSocket from) throws IOException {
    try (DescriptorSocket.Message message =
        from.receive(STEP)
            .orElseThrow(() -> new IOException("The gate that was running is gone."))) {
      List<Descriptor> with = message.descriptors();
      switch (HandoverMessage.read(message.body())) {
        case HandoverMessage.GateState state -> hostId = state.hostId();
        case HandoverMessage.Listener listener -> listeners.add(one(with, 0).toListener());
        case HandoverMessage.Stream stream ->
            streams.add(new Stream(stream, one(with, 0).toConnection(), new ArrayList<>()));
        case HandoverMessage.Bytes bytes -> lastStream().bytes.add(bytes);
        case HandoverMessage.Splice splice ->
            splices.add(
                new Joined(splice, one(with, 0).toConnection(), one(with, 1).toConnection()));
        case HandoverMessage.Other other -> {}
        case HandoverMessage.All all -> {
          return false;
        }
        case HandoverMessage.NotYours no ->
            throw new IOException("The gate that was running could not hand over; it goes on.");
        default -> throw new IOException("The gate that was running said something unexpected.");
      }
      return true;
    }
  }

  private static Descriptor one(List<Descriptor> descriptors, int index) throws IOException {
    if (descriptors.size() <= index) {
      throw new IOException("The gate that was running did not send a descriptor.");
    }
    return descriptors.get(index);
  }

  private Stream lastStream() throws IOException {
    if (streams.isEmpty()) {
      throw new IOException("The gate that was running sent bytes of no stream.");
    }
    return streams.getLast();
  }

  /**
   * An old process that is gone can't touch anything either; only its word that it goes on counts
   * as a no.
   */
  private void awaitYours(DescriptorSocket from) throws IOException {
    Optional<DescriptorSocket.Message> message = from.receive(STEP);
    if (message.isPresent()) {
      try (DescriptorSocket.Message it = message.get()) {
        if (!(HandoverMessage.read(it.body()) instanceof HandoverMessage.Yours)) {
          throw new IOException("The gate that was running could not hand over; it goes on.");
        }
      }
    }
  }

  String hostId() {
    return hostId;
  }

  List<ServerSocketChannel> listeners() {
    return listeners;
  }

  /** Gives everything but the listeners to {@code gate}. */
  void restore(Gate gate) {
    restored = true;
    for (Stream stream : streams) {
      Endpoint endpoint = Endpoint.restored(gate.chunks(), stream.kept.endpoint());
      for (HandoverMessage.Bytes bytes : stream.bytes) {
        if (bytes.forClient()) {
          endpoint.restoreUnacked(bytes.bytes());
        } else {
          endpoint.restoreUnread(bytes.bytes());
        }
      }
      gate.restore(stream.kept, endpoint, stream.server);
    }
    splices.forEach(splice -> gate.joins().restore(splice.kept, splice.client, splice.server));
  }

  /** Closes what nobody took. */
  @Override
  public void close() {
    if (!restored) {
      listeners.forEach(Loop::closeQuietly);
      streams.forEach(stream -> Loop.closeQuietly(stream.server));
      splices.forEach(splice -> {
        Loop.closeQuietly(splice.client);
        Loop.closeQuietly(splice.server);
      });
    }
  }
}

package dev.holdfast.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** The giving side of a hand-over between gate processes, whose loops stand still. */
final class GateHandover {
  private static final Duration STEP = Duration.ofSeconds(20);

  private final DescriptorSocket to;

  private GateHandover(DescriptorSocket to) {
    this.to = to;
  }

  /** Sends everything and gets it confirmed; from its return on nothing of it may be touched. */
  static void send(
      DescriptorSocket to,
      String hostId,
      List<ServerSocketChannel> listeners,
      Collection<GateStream> streams,
      Map<Splice, HandoverMessage.Splice> splices)
      throws IOException {
    GateHandover handover = new GateHandover(to);
    try {
      handover.awaitRequest();
      handover.say(new HandoverMessage.GateState(hostId));
      for (ServerSocketChannel listener : listeners) {
        handover.say(new HandoverMessage.Listener(), listener);
      }
      for (GateStream stream : streams) {
        handover.sayStream(stream);
      }
      for (Map.Entry<Splice, HandoverMessage.Splice> splice : splices.entrySet()) {
        handover.say(splice.getValue(), splice.getKey().client(), splice.getKey().server());
      }
      handover.say(new HandoverMessage.All());
      handover.awaitHaveAll();
    } catch (IOException e) {
      handover.takeBack();
      throw e;
    }
    handover.say(new HandoverMessage.Yours());
  }

  /** Waits until the successor lets go of the predecessor, true, or is gone without that, false. */
  static boolean awaitLetGo(DescriptorSocket successor) throws IOException {
    while (!successor.awaitMessage(DescriptorSocket.WAIT_MOST)) {
      // Successors live for weeks.
    }
    try (DescriptorSocket.Message message = successor.receive(STEP).orElse(null)) {
      return message != null
          && HandoverMessage.read(message.body()) instanceof HandoverMessage.LetGo;
    } catch (IOException e) {
      return false;
    }
  }

  private void awaitRequest() throws IOException {
    if (!(receive() instanceof HandoverMessage.TakeOver(int format))) {
      throw new IOException("The other process did not ask for the hand-over.");
    }
    if (format != HandoverMessage.FORMAT) {
      throw new IOException(
          "The other process hands over in format %d, this one in %d; restart the gate instead."
              .formatted(format, HandoverMessage.FORMAT));
    }
  }

  private void awaitHaveAll() throws IOException {
    if (!(receive() instanceof HandoverMessage.HaveAll)) {
      throw new IOException("The other process did not confirm that it has everything.");
    }
  }

  /** Streams that are over, or whose server is not connected yet, end with this process. */
  private void sayStream(GateStream stream) throws IOException {
    SocketLocal server = stream.server();
    if (server == null || stream.stream().isOver()) {
      return;
    }
    say(stream.keep(server), server.socket());
    List<HandoverMessage.Bytes> bytes = new ArrayList<>();
    stream.stream().endpoint.eachUnacked(view -> bytes.add(new HandoverMessage.Bytes(true, view)));
    stream.stream().endpoint.eachUnread(view -> bytes.add(new HandoverMessage.Bytes(false, view)));
    for (HandoverMessage.Bytes message : bytes) {
      say(message);
    }
  }

  private void say(HandoverMessage message, Channel... channels) throws IOException {
    List<Descriptor> copies = new ArrayList<>();
    try {
      for (Channel channel : channels) {
        copies.add(Descriptor.copyOf(channel));
      }
      ByteBuffer encoded = message.encoded();
      to.send(encoded, copies, STEP);
    } finally {
      copies.forEach(Descriptor::close);
    }
  }

  private HandoverMessage receive() throws IOException {
    try (DescriptorSocket.Message message =
        to.receive(STEP).orElseThrow(() -> new IOException("The other process is gone."))) {
      return HandoverMessage.read(message.body());
    }
  }

  private void takeBack() {
    try {
      say(new HandoverMessage.NotYours());
    } catch (IOException e) {
      // It is gone, or its end of the connection: it can't have been told that it may begin.
    }
  }
}

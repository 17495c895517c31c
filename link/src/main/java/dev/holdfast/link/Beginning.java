package dev.holdfast.link;

import dev.holdfast.stream.AnswerV2;
import dev.holdfast.stream.End;
import dev.holdfast.stream.HelloV2;
import dev.holdfast.stream.ProtocolException;
import dev.holdfast.stream.TokenV1;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Clients whose stream begins: it is opened, and joined to the server. Thread-safe. */
final class Beginning {
  private final Gate gate;

  /** Those who come to {@code gate}. */
  Beginning(Gate gate) {
    this.gate = gate;
  }

  /**
   * Opens a stream for a client that knew us, and connects it to the server.
   *
   * @param said what the client said to the server before its hello, outside the stream
   */
  void open(
      Loop loop,
      SocketChannel client,
      HelloV2.Open hello,
      byte[] announcement,
      ByteBuffer early,
      byte[] said) {
    GateStream stream = openUnconnected(loop, client, hello, announcement, early);
    if (stream == null) {
      Loop.closeQuietly(client);
    } else {
      connect(stream, loop, client, said);
    }
  }

  /** Opens a stream that {@code acceptor} serves. */
  void open(
      Loop loop,
      SocketChannel client,
      HelloV2.Open hello,
      ByteBuffer early,
      Behind.Acceptor acceptor) {
    GateStream stream = openUnconnected(loop, client, hello, new byte[0], early);
    if (stream == null) {
      Loop.closeQuietly(client);
    } else {
      stream.serve(acceptor, new byte[0]);
    }
  }

  /** Opens a stream for a client of resume v1, and connects it to the server. */
  void openV1(Loop loop, SocketChannel client, TokenV1 token, ByteBuffer early) {
    if (gate.isFull()) {
      gate.refused(Addresses.remote(client), "no room for another stream");
      Loop.closeQuietly(client);
      return;
    }
    gate.figures().opened.incrementAndGet();
    connect(GateStream.openV1(gate, loop, client, token, early), loop, client, new byte[0]);
  }

  /** Opens a stream that nobody serves yet; null if the client's hello is of no use. */
  @Nullable GateStream openUnconnected(
      Loop loop, SocketChannel client, HelloV2.Open hello, byte[] announcement, ByteBuffer early) {
    if (gate.isFull()) {
      Arrival.refuse(
          client, AnswerV2.Why.BUSY, "This gate has no room for another stream; try again later.");
      return null;
    }
    try {
      GateStream stream = GateStream.open(gate, loop, client, hello, announcement, early);
      gate.figures().opened.incrementAndGet();
      return stream;
    } catch (ProtocolException e) {
      gate.refused(Addresses.remote(client), String.valueOf(e.getMessage()));
      return null;
    }
  }

  private void connect(GateStream stream, Loop loop, SocketChannel client, byte[] said) {
    switch (gate.settings().target()) {
      case Destination to ->
          gate.dial(
              to,
              loop,
              client,
              server -> connected(stream, server, ByteBuffer.allocate(0)),
              why -> unreachable(stream, why));
      case Behind.InProcess here -> stream.serve(here.acceptor(), said);
    }
  }

  /** The server is there, and what it has said is read. */
  void connected(GateStream stream, SocketChannel server, ByteBuffer fromServer) {
    try {
      stream.connected(server, fromServer);
    } catch (IOException e) {
      unreachable(stream, e.toString());
    }
  }

  /** The server can't be had for a stream. */
  void unreachable(GateStream stream, String why) {
    stream.reset(
        new End(End.Reason.UNREACHABLE, "The server behind the gate can't be reached: " + why));
  }
}

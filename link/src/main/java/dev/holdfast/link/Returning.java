package dev.holdfast.link;

import dev.holdfast.stream.AnswerV1;
import dev.holdfast.stream.AnswerV2;
import dev.holdfast.stream.HelloV2;
import dev.holdfast.stream.StreamId;
import dev.holdfast.stream.TokenV1;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Clients that come back to a stream: brought to it if it is here, or in another process of the
 * service, and else told that nobody has it. Thread-safe.
 */
final class Returning {
  private final Gate gate;
  private final StreamTable streams;
  private final @Nullable Elsewhere elsewhere;

  /**
   * Those who come to {@code gate}.
   *
   * @param elsewhere the other processes of the service; null if there can't be any
   */
  Returning(Gate gate, StreamTable streams, @Nullable Elsewhere elsewhere) {
    this.gate = gate;
    this.streams = streams;
    this.elsewhere = elsewhere;
  }

  /** A client comes back. */
  void resume(Loop loop, SocketChannel client, HelloV2.Resume hello, ByteBuffer early) {
    GateStream stream = streams.find(hello.id());
    if (stream != null) {
      release(client, loop, stream.stream().loop);
      take(stream, client, hello, early);
    } else if (elsewhere != null) {
      elsewhere.look(loop, client, hello, early);
    } else {
      refuseUnknown(client);
    }
  }

  /** A client came back that another process of the service has passed to this one. */
  void resumePassed(SocketChannel client, HelloV2.Resume hello, ByteBuffer early) {
    GateStream stream = streams.find(hello.id());
    if (stream == null) {
      refuseUnknown(client);
    } else {
      take(stream, client, hello, early);
    }
  }

  private void take(
      GateStream stream, SocketChannel client, HelloV2.Resume hello, ByteBuffer early) {
    stream.stream()
        .loop
        .give(
            client,
            () -> {
              if (!stream.resume(client, hello, early)) {
                refuseUnknown(client);
              }
            });
  }

  /** A client of resume v1 comes back. */
  void resumeV1(Loop loop, SocketChannel client, TokenV1 token, ByteBuffer early) {
    StreamId id = ServerSide.V1.idOf(token);
    GateStream stream = streams.find(id);
    if (stream != null) {
      release(client, loop, stream.stream().loop);
      stream.stream().loop.give(client, () -> stream.resumeV1(client, early));
    } else if (elsewhere != null) {
      elsewhere.lookV1(loop, client, id, early);
    } else {
      refuseUnknownV1(client);
    }
  }

  /**
   * A client of resume v1 came back that another process of the service has passed to this one: who
   * knows the token of that name has shown it there.
   */
  void resumePassedV1(SocketChannel client, StreamId id, ByteBuffer early) {
    GateStream stream = streams.find(id);
    if (stream == null) {
      refuseUnknownV1(client);
    } else {
      stream.stream().loop.give(client, () -> stream.resumeV1(client, early));
    }
  }

  /** Nobody has the stream of a client of resume v1. */
  void refuseUnknownV1(SocketChannel client) {
    gate.refused(Addresses.remote(client), "no such stream");
    ArrivalV1.refuse(client, AnswerV1.NOT_FOUND);
  }

  /**
   * A loop that went on watching a connection of another's would keep it half open after its end.
   */
  private static void release(SocketChannel client, Loop from, Loop to) {
    if (!from.equals(to)) {
      from.release(client);
    }
  }

  /** The same words whether the stream is unknown or the proof wrong: a stranger learns nothing. */
  void refuseUnknown(SocketChannel client) {
    gate.refused(Addresses.remote(client), "no such stream");
    String text =
        switch (gate.settings().target()) {
          case Destination to ->
              "The gate does not have this stream: it ended, or the gate was restarted.";
          case Behind.InProcess here ->
              "The server does not have this connection any more: it ended, or the server was"
                  + " restarted; connect again.";
        };
    Arrival.refuse(client, AnswerV2.Why.UNKNOWN, text);
  }
}

package dev.holdfast.link;

import dev.holdfast.stream.AnswerV1;
import dev.holdfast.stream.KeyExchangeV1;
import dev.holdfast.stream.ProtocolException;
import dev.holdfast.stream.ServerOpeningV1;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A client of resume v1 on its way to a stream: gets the server's line and says which stream it
 * wants. Confined to its loop.
 */
final class ArrivalV1 {
  private final Gate gate;
  private final Loop loop;
  private final Arrival arrival;
  private final SocketChannel client;
  private final ServerOpeningV1 opening;
  private byte[] input;
  private @Nullable SelectionKey key;

  ArrivalV1(Gate gate, Loop loop, Arrival arrival, KeyExchangeV1 key, byte[] input) {
    this.gate = gate;
    this.loop = loop;
    this.arrival = arrival;
    this.client = arrival.channel();
    this.opening = new ServerOpeningV1(key);
    this.input = input;
  }

  /** Says the line and listens. */
  void start() throws IOException {
    client.write(ByteBuffer.wrap(opening.line(gate.hostId()).encoded()));
    key = loop.register(client, SelectionKey.OP_READ, ready -> read());
    arrival.awaitDeadline();
    look();
  }

  private void read() throws IOException {
    ByteBuffer scratch = loop.scratch().limit(Arrival.MOST);
    int bytes = client.read(scratch);
    if (bytes < 0 || input.length + bytes > 2 * Arrival.MOST) {
      drop();
      return;
    }
    int had = input.length;
    input = Arrays.copyOf(input, had + bytes);
    scratch.flip().get(input, had, bytes);
    look();
  }

  private void look() throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(input);
    try {
      switch (opening.read(bytes)) {
        case ServerOpeningV1.Step.More more ->
            input = Arrays.copyOfRange(input, bytes.position(), input.length);
        case ServerOpeningV1.Step.Plain plain ->
            refuse("it asked for resume v1 and went on in plain SSH");
        case ServerOpeningV1.Step.Fresh fresh -> {
          hand();
          gate.beginning().openV1(loop, client, fresh.token(), bytes);
        }
        case ServerOpeningV1.Step.Resume resume -> {
          hand();
          gate.returning().resumeV1(loop, client, resume.token(), bytes);
        }
      }
    } catch (ProtocolException e) {
      refuse(String.valueOf(e.getMessage()));
    }
  }

  /** The channel goes into other hands, perhaps on another loop. */
  private void hand() {
    if (key != null) {
      key.interestOps(0);
    }
    arrival.hand();
  }

  private void refuse(String why) {
    gate.refused(Addresses.remote(client), why);
    drop();
  }

  private void drop() {
    arrival.drop();
  }

  /** Says no, and ends the connection. */
  static void refuse(SocketChannel client, AnswerV1 why) {
    try {
      client.write(ByteBuffer.wrap(why.encoded()));
      client.shutdownOutput();
    } catch (IOException ignored) {
      // It went before it could be told.
    }
    Loop.closeQuietly(client);
  }
}

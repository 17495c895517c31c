package dev.holdfast.link;

import dev.holdfast.stream.AnswerV2;
import dev.holdfast.stream.HelloV2;
import dev.holdfast.stream.ProtocolException;
import dev.holdfast.stream.StreamId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * The clients of a gate whose streams other processes of its service keep, and those that others
 * send here. Thread-safe.
 */
final class Elsewhere implements Generations.Keeper {
  private final Gate gate;
  private final Generations generations;

  Elsewhere(Gate gate, Generations generations) {
    this.gate = gate;
    this.generations = generations;
  }

  /** Begins. */
  void start() {
    generations.serve(this);
  }

  /** Looks elsewhere for the stream of a client of resume v2; on {@code loop}. */
  void look(Loop loop, SocketChannel client, HelloV2.Resume hello, ByteBuffer early) {
    ByteBuffer said =
        ByteBuffer.allocate(hello.proven().length + hello.proof().length + early.remaining());
    said.put(hello.proven()).put(hello.proof()).put(early).flip();
    look(loop, new Comer(client, 2, hello.id(), said));
  }

  /** Looks elsewhere for the stream of a client of resume v1; on {@code loop}. */
  void lookV1(Loop loop, SocketChannel client, StreamId id, ByteBuffer early) {
    ByteBuffer said = ByteBuffer.allocate(early.remaining()).put(early).flip();
    look(loop, new Comer(client, 1, id, said));
  }

  /** Whether another process keeps a stream; blocks until the others have answered. */
  Kept keeps(StreamId id) {
    return generations.ask(id);
  }

  private void look(Loop loop, Comer comer) {
    loop.execute(() -> {
      try {
        loop.letGo(comer.client());
        if (!generations.pass(comer)) {
          unclear(comer);
        }
      } catch (IOException e) {
        Loop.closeQuietly(comer.client());
      }
    });
  }

  @Override
  public boolean has(StreamId id) {
    return gate.streams().find(id) != null;
  }

  @Override
  public void cameBack(SocketChannel client, PassMessage.Comeback comeback) throws IOException {
    ByteBuffer said = comeback.said();
    if (comeback.version() == 1) {
      gate.returning().resumePassedV1(client, comeback.id(), said);
      return;
    }
    HelloV2.@Nullable Resume hello = null;
    try {
      hello = HelloV2.read(said) instanceof HelloV2.Resume resume ? resume : null;
    } catch (ProtocolException e) {
      // As if it were of another kind.
    }
    if (hello == null) {
      Loop.closeQuietly(client);
      throw new IOException("a client that does not say which stream it wants");
    }
    gate.returning().resumePassed(client, hello, said);
  }

  @Override
  public void passed(Comer comer, int process) {
    gate.figures().passed.incrementAndGet();
    gate.events()
        .accept(
            new GateEvent.Passed(comer.id().toString(), Addresses.remote(comer.client()), process));
  }

  @Override
  public void unknown(Comer comer) {
    if (comer.version() == 1) {
      gate.returning().refuseUnknownV1(comer.client());
    } else {
      gate.returning().refuseUnknown(comer.client());
    }
  }

  /** Version 1 has no word for later; that the connection ends without an answer is one. */
  @Override
  public void unclear(Comer comer) {
    gate.refused(Addresses.remote(comer.client()), "the process that may have its stream is busy");
    if (comer.version() == 1) {
      Loop.closeQuietly(comer.client());
    } else {
      Arrival.refuse(
          comer.client(), AnswerV2.Why.BUSY, "The server is busy with its upgrade; try again.");
    }
  }

  /** Leaves the others. */
  void close() {
    generations.close();
  }
}

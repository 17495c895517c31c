package dev.holdfast.link;

import dev.holdfast.stream.HelloV2;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;

/**
 * What becomes of a gate's callers: whoever keeps the {@link Entrance} speaks with them, and then
 * has each taken as a client, or joined with another. Thread-safe.
 */
public final class Callers {
  private final Gate gate;
  private final Loops loops;

  /** Those of {@code gate}. */
  Callers(Gate gate, Loops loops) {
    this.gate = gate;
    this.loops = loops;
  }

  /** Gives a connection to whoever keeps the entrance. */
  void enter(Loop loop, SocketChannel channel, byte[] received, Entrance.Keeper keeper) {
    if (gate.isDraining()) {
      Loop.closeQuietly(channel);
      return;
    }
    loop.execute(() -> {
      Caller caller = new Caller(channel, received);
      try {
        loop.makeBlocking(channel);
      } catch (IOException e) {
        caller.close();
        return;
      }
      Thread.ofVirtual().name("caller").start(() -> keeper.accept(caller));
    });
  }

  /**
   * Opens a stream for one, with its hello and what else was read of it; {@code acceptor} serves
   * what the stream carries.
   */
  public void take(Caller client, HelloV2.Open hello, Behind.Acceptor acceptor) {
    take(
        client,
        (loop, channel, early) -> gate.beginning().open(loop, channel, hello, early, acceptor));
  }

  /**
   * Brings one back to a stream that is kept here, or by another process of this service, to which
   * he is passed.
   */
  public void take(Caller client, HelloV2.Resume hello) {
    take(client, (loop, channel, early) -> gate.returning().resume(loop, channel, hello, early));
  }

  /** Whether the stream that one wants to come back to is kept; blocks for other processes. */
  public Kept keeps(HelloV2.Resume hello) {
    if (gate.streams().find(hello.id()) != null) {
      return Kept.YES;
    }
    return gate.keptElsewhere(hello.id());
  }

  /** What becomes of a client on a loop. */
  private interface Taking {
    void take(Loop loop, SocketChannel channel, ByteBuffer early);
  }

  private void take(Caller client, Taking taking) {
    Loop loop = loops.next();
    loop.give(
        client,
        () -> {
          try {
            client.channel().configureBlocking(false);
          } catch (IOException e) {
            client.close();
            return;
          }
          taking.take(loop, client.channel(), client.received());
        });
  }

  /**
   * Joins two of them, with what was read of each; {@code ended} runs when both are closed, on a
   * thread that may not block.
   */
  public Relay relay(Caller client, Caller node, Consumer<Relay> ended) {
    return gate.joins().relay(client, node, ended);
  }
}

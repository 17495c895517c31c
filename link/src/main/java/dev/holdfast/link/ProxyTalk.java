package dev.holdfast.link;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * Carries out a {@link ProxyHandshake} over a connection to the proxy, until a deadline. Confined
 * to the dialling thread.
 */
final class ProxyTalk {
  private static final int READ_BYTES = 512;

  private final SocketChannel channel;
  private final OutboundProxy proxy;
  private final Destination to;
  private final WaitPoint wait;
  private final long startNanos = System.nanoTime();
  private final long deadlineNanos;

  ProxyTalk(
      SocketChannel channel,
      OutboundProxy proxy,
      Destination to,
      WaitPoint wait,
      long deadlineNanos) {
    this.channel = channel;
    this.proxy = proxy;
    this.to = to;
    this.wait = wait;
    this.deadlineNanos = deadlineNanos;
  }

  /**
   * Returns when the connection is ours: everything the proxy had to say is read, and not a byte
   * more.
   */
  void carryOut(ProxyHandshake handshake) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(READ_BYTES);
    send(handshake.toSend());
    while (handshake.needed() > 0) {
      receive(in.clear().limit(Math.min(handshake.needed(), READ_BYTES)));
      handshake.take(in.flip());
      send(handshake.toSend());
    }
  }

  private void send(ByteBuffer out) throws IOException {
    while (out.hasRemaining()) {
      if (channel.write(out) == 0) {
        await(SelectionKey.OP_WRITE);
      }
    }
  }

  private void receive(ByteBuffer in) throws IOException {
    int read = channel.read(in);
    while (read == 0) {
      await(SelectionKey.OP_READ);
      read = channel.read(in);
    }
    if (read < 0) {
      throw new DialException(new DialFailure.ProxyClosed(proxy, to));
    }
  }

  private void await(int interest) throws DialException {
    if (System.nanoTime() - deadlineNanos >= 0) {
      Duration after = Duration.ofNanos(System.nanoTime() - startNanos);
      throw new DialException(new DialFailure.ProxyTimedOut(proxy, after));
    }
    wait.watch(channel, interest);
    wait.await(deadlineNanos).clear();
  }
}

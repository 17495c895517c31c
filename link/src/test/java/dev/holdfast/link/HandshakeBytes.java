package dev.holdfast.link;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Gives a proxy's bytes to a handshake in portions, never more at once than it says it needs. */
final class HandshakeBytes {
  private final ProxyHandshake handshake;
  private final List<byte[]> sent = new ArrayList<>();

  HandshakeBytes(ProxyHandshake handshake) {
    this.handshake = handshake;
    collect();
  }

  /** What was sent so far, an element for each round. */
  List<byte[]> sent() {
    return sent;
  }

  String sentText(int round) {
    return new String(sent.get(round), StandardCharsets.ISO_8859_1);
  }

  boolean isOpen() {
    return handshake.needed() == 0;
  }

  /**
   * Feeds at most {@code portion} bytes at a time; returns how many were taken until nothing was
   * needed.
   */
  int feed(byte[] bytes, int portion) throws DialException {
    int at = 0;
    while (at < bytes.length && !isOpen()) {
      int length = Math.min(Math.min(portion, handshake.needed()), bytes.length - at);
      handshake.take(ByteBuffer.wrap(bytes, at, length));
      at += length;
      collect();
    }
    return at;
  }

  private void collect() {
    ByteBuffer next = handshake.toSend();
    if (next.hasRemaining()) {
      byte[] bytes = new byte[next.remaining()];
      next.get(bytes);
      sent.add(bytes);
    }
  }
}

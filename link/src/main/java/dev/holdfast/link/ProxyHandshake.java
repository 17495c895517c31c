package dev.holdfast.link;

import java.nio.ByteBuffer;

/**
 * What is said between us and a proxy before the connection is ours. Pure: bytes in, bytes out.
 *
 * <p>The driver sends {@link #toSend}, reads at least one and at most {@link #needed} bytes, gives
 * them to {@link #take}, and so on until nothing is needed. {@code needed} is the least that must
 * still come, so nothing is ever read that belongs to the connection behind the proxy.
 */
sealed interface ProxyHandshake permits HttpConnect, Socks5Connect {
  /**
   * The bytes to send before anything more is read; empty if there are none. Each is handed out
   * once.
   */
  ByteBuffer toSend();

  /** The least number of bytes still to come; 0 when the connection is ours. */
  int needed();

  /** Takes what came, at most {@link #needed} bytes. */
  void take(ByteBuffer received) throws DialException;
}

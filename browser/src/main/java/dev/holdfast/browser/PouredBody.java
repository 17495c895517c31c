package dev.holdfast.browser;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The body of an answer whose length nobody knows yet. The head goes out with the first bytes, so
 * that until then it may still be another. Confined to one thread.
 */
final class PouredBody extends OutputStream {
  /** Bytes that wait to go out together. */
  static final int MOST_WAITING = 64 * 1024;

  private final Duplex browser;
  private final ByteBuffer waiting = ByteBuffer.allocate(MOST_WAITING);
  private final byte[] head;
  private boolean begun;

  PouredBody(Duplex browser, String head) {
    this.browser = browser;
    this.head = head.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Whether the browser was sent anything. */
  boolean hasBegun() {
    return begun;
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int at = offset;
    while (at < offset + length) {
      if (!waiting.hasRemaining()) {
        send();
      }
      int part = Math.min(waiting.remaining(), offset + length - at);
      waiting.put(bytes, at, part);
      at += part;
    }
  }

  private void send() throws IOException {
    if (!begun) {
      begun = true;
      browser.write(ByteBuffer.wrap(head));
    }
    browser.write(waiting.flip());
    waiting.clear();
  }

  /** Nothing goes out before there is much of it, or all. */
  @Override
  public void flush() {}

  @Override
  public void close() throws IOException {
    send();
    browser.shutdownOutput();
  }
}

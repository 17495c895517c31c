package dev.holdfast.client;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * A connection to a display whose client is a program at a server: the first message must show the
 * cookie that the server was told, and gets the real one in its place (X Window System Protocol,
 * "Connection Setup").
 *
 * <pre>
 *   byte  'B' big or 'l' little endian      byte  unused
 *   2 × 2 protocol version
 *   2     length n of the name              2     length d of the cookie     2 unused
 *   n     name, filled up to four           d     cookie, filled up to four
 * </pre>
 *
 * <p>Thread-safe for one reader and one writer.
 */
final class X11Setup implements Duplex {
  /** Bytes of a first message. */
  static final int MOST_BYTES = 1024;

  private static final int HEAD = 12;

  private final Duplex display;
  private final X11Cookie cookie;
  private ByteBuffer begun = ByteBuffer.allocate(MOST_BYTES);
  private boolean isDone;

  X11Setup(Duplex display, X11Cookie cookie) {
    this.display = display;
    this.cookie = cookie;
  }

  @Override
  public void write(ByteBuffer source) throws IOException {
    while (!isDone && source.hasRemaining()) {
      begun.put(source.get());
      int length = length();
      if (length > MOST_BYTES || (length == 0 && begun.position() >= HEAD)) {
        throw refused();
      }
      if (length > 0 && begun.position() == length) {
        isDone = true;
        display.write(ByteBuffer.wrap(authorized()));
        begun = ByteBuffer.allocate(0);
      }
    }
    if (source.hasRemaining()) {
      display.write(source);
    }
  }

  /** Of the whole message; 0 while that is not known. */
  private int length() throws IOException {
    if (begun.position() < HEAD) {
      return 0;
    }
    return HEAD + filled(nameLength()) + filled(number(8));
  }

  private int nameLength() throws IOException {
    return number(6);
  }

  private int number(int at) throws IOException {
    byte order = begun.get(0);
    if (order != 'B' && order != 'l') {
      throw refused();
    }
    begun.order(order == 'B' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
    return Short.toUnsignedInt(begun.getShort(at));
  }

  private static int filled(int length) {
    return (length + 3) & ~3;
  }

  private byte[] authorized() throws IOException {
    byte[] message = Arrays.copyOf(begun.array(), begun.position());
    byte[] name = Arrays.copyOfRange(message, HEAD, HEAD + nameLength());
    int at = HEAD + filled(name.length);
    byte[] shown = Arrays.copyOfRange(message, at, at + number(8));
    byte[] wanted = cookie.protocol().getBytes(StandardCharsets.US_ASCII);
    if (!Arrays.equals(name, wanted) || !MessageDigest.isEqual(shown, cookie.told())) {
      throw refused();
    }
    if (cookie.real().length == shown.length) {
      System.arraycopy(cookie.real(), 0, message, at, shown.length);
      return message;
    }
    // The display takes anybody: no name, no cookie.
    byte[] open = Arrays.copyOf(message, HEAD);
    Arrays.fill(open, 6, HEAD, (byte) 0);
    return open;
  }

  private IOException refused() {
    close();
    return new IOException("X11 connection rejected because of wrong authentication.");
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    return display.read(target);
  }

  @Override
  public void shutdownOutput() throws IOException {
    display.shutdownOutput();
  }

  @Override
  public void close() {
    display.close();
  }

  @Override
  public SocketAddress localAddress() {
    return display.localAddress();
  }

  @Override
  public SocketAddress remoteAddress() {
    return display.remoteAddress();
  }
}

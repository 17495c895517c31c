package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;

/**
 * Text that came as bytes and goes on as the same bytes: command lines and variables, which a Unix
 * system does not take for text of any encoding.
 *
 * <p>It is UTF-8 where it can be; each byte that can't becomes one character of U+DC80 to U+DCFF,
 * which no UTF-8 text has (Python calls this surrogateescape, PEP 383).
 */
public final class ByteText {
  private static final int ESCAPE = 0xdc00;

  private ByteText() {}

  /** The text of {@code bytes}. */
  public static String decode(byte[] bytes) {
    CharsetDecoder decoder = UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    for (CoderResult result = decoder.decode(in, out, true);
        result.isError();
        result = decoder.decode(in, out, true)) {
      for (int i = 0; i < result.length(); i++) {
        out.put((char) (ESCAPE | (in.get() & 0xff)));
      }
      decoder.reset();
    }
    return out.flip().toString();
  }

  /** The bytes of {@code text}; the inverse of {@link #decode}. */
  public static byte[] encode(String text) {
    byte[] plain = text.getBytes(UTF_8);
    return text.chars().anyMatch(ByteText::isEscape) ? encodeEscaped(text) : plain;
  }

  private static byte[] encodeEscaped(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    text.codePoints()
        .forEach(point -> {
          if (isEscape(point)) {
            bytes.write(point);
          } else {
            bytes.writeBytes(Character.toString(point).getBytes(UTF_8));
          }
        });
    return bytes.toByteArray();
  }

  private static boolean isEscape(int point) {
    return point >= (ESCAPE | 0x80) && point <= (ESCAPE | 0xff);
  }
}

package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;

/**
 * Reads SSH's data types (RFC 4251 5) from bytes of a stranger. Confined to its caller.
 *
 * <p>No length is believed before that many bytes are there.
 */
final class Wire {
  private final ByteBuffer bytes;

  Wire(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  boolean isAtEnd() {
    return !bytes.hasRemaining();
  }

  /** Offset of the next byte. */
  int offset() {
    return bytes.position();
  }

  boolean bool() throws MalformedKeyException {
    need(1);
    return bytes.get() != 0;
  }

  int uint8() throws MalformedKeyException {
    need(1);
    return bytes.get() & 0xff;
  }

  long uint32() throws MalformedKeyException {
    need(4);
    return bytes.getInt() & 0xffff_ffffL;
  }

  /** As a bit pattern: compare it with {@link Long#compareUnsigned}. */
  long uint64() throws MalformedKeyException {
    need(8);
    return bytes.getLong();
  }

  byte[] string() throws MalformedKeyException {
    long length = uint32();
    if (length > bytes.remaining()) {
      throw new MalformedKeyException("a string is longer than what holds it");
    }
    byte[] string = new byte[(int) length];
    bytes.get(string);
    return string;
  }

  /** A string that is text: UTF-8 without NUL. */
  String text() throws MalformedKeyException {
    ByteBuffer string = ByteBuffer.wrap(string());
    try {
      String text =
          UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(string)
              .toString();
      if (text.indexOf('\0') >= 0) {
        throw new MalformedKeyException("a text has a NUL character");
      }
      return text;
    } catch (CharacterCodingException e) {
      throw new MalformedKeyException("a text is not UTF-8");
    }
  }

  /** The only string after a key's type. */
  byte[] afterType() throws MalformedKeyException {
    text();
    byte[] field = string();
    end();
    return field;
  }

  /** Says that nothing may follow. */
  void end() throws MalformedKeyException {
    if (bytes.hasRemaining()) {
      throw new MalformedKeyException("something follows the end");
    }
  }

  private void need(int count) throws MalformedKeyException {
    if (bytes.remaining() < count) {
      throw new MalformedKeyException("it is cut off");
    }
  }

  /** The bytes of {@code text} with their length before them. */
  static byte[] string(String text) {
    return string(text.getBytes(UTF_8));
  }

  /** The bytes with their length before them. */
  static byte[] string(byte[] content) {
    return ByteBuffer.allocate(4 + content.length).putInt(content.length).put(content).array();
  }
}

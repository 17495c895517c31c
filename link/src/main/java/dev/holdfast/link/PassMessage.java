package dev.holdfast.link;

import dev.holdfast.stream.StreamId;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the processes of one service say to each other so that a client which comes back reaches the
 * one that keeps its stream. The first byte tells which; integers are big-endian.
 *
 * <pre>
 *   where the client came                              another process
 *    ─ 1 Wanted: u8 format │ id ─────────────────────►
 *    ◄─────────── 2 Mine, 3 NotMine or 4 OtherFormat: u8 format ─
 *    ─ 5 Comeback: u8 version │ u8 length │ id │ what the client said ─►   after Mine only; its descriptor comes along
 *    ◄──────────────────────────────────── 6 Taken ──────
 * </pre>
 *
 * <p>Wanted and OtherFormat stay as they are in every format, so that processes of any two versions
 * can at least tell each other that they do not understand each other.
 */
sealed interface PassMessage {
  /** Version of the format. */
  int FORMAT = 1;

  /** Longest name of a stream. */
  int MOST_ID = 64;

  /** Most bytes that a client has said when it is passed on. */
  int MOST_SAID = 64 * 1024;

  /** Is the stream of that name there? */
  record Wanted(int format, StreamId id) implements PassMessage {}

  /** It is. */
  record Mine() implements PassMessage {}

  /** It is not. */
  record NotMine() implements PassMessage {}

  /** The question was of a format that this process, which speaks {@code format}, can't answer. */
  record OtherFormat(int format) implements PassMessage {}

  /**
   * The client of a stream; the descriptor of its connection comes along.
   *
   * @param version of resume
   * @param said in version 2 its hello, in version 1 nothing; then what it said behind that
   */
  record Comeback(int version, StreamId id, ByteBuffer said) implements PassMessage {}

  /** The connection is served from now on. */
  record Taken() implements PassMessage {}

  /** The bytes of a message. */
  default ByteBuffer encoded() {
    return switch (this) {
      case Wanted it -> bytes(1, it.format, it.id.bytes(), null);
      case Mine it -> bytes(2, null, null, null);
      case NotMine it -> bytes(3, null, null, null);
      case OtherFormat it -> bytes(4, it.format, null, null);
      case Comeback it -> bytes(5, it.version, withLength(it.id.bytes()), it.said);
      case Taken it -> bytes(6, null, null, null);
    };
  }

  /**
   * Reads a message.
   *
   * @throws IOException it is none
   */
  static PassMessage read(ByteBuffer body) throws IOException {
    int kind = take(body);
    return switch (kind) {
      case 1 -> new Wanted(take(body), new StreamId(rest(body, MOST_ID)));
      case 2 -> new Mine();
      case 3 -> new NotMine();
      case 4 -> new OtherFormat(take(body));
      case 5 -> {
        int version = take(body);
        int length = take(body);
        if (length > MOST_ID || length > body.remaining()) {
          throw new IOException("a name of " + length + " bytes");
        }
        byte[] id = new byte[length];
        body.get(id);
        yield new Comeback(version, new StreamId(id), ByteBuffer.wrap(rest(body, MOST_SAID)));
      }
      case 6 -> new Taken();
      default -> throw new IOException("a message of unknown kind " + kind);
    };
  }

  private static ByteBuffer bytes(
      int kind, @Nullable Integer number, byte @Nullable [] name, @Nullable ByteBuffer more) {
    int size = 2 + (name == null ? 0 : name.length) + (more == null ? 0 : more.remaining());
    ByteBuffer bytes = ByteBuffer.allocate(size).put((byte) kind);
    if (number != null) {
      bytes.put(number.byteValue());
    }
    if (name != null) {
      bytes.put(name);
    }
    if (more != null) {
      bytes.put(more.duplicate());
    }
    return bytes.flip();
  }

  private static byte[] withLength(byte[] name) {
    return ByteBuffer.allocate(1 + name.length).put((byte) name.length).put(name).array();
  }

  private static int take(ByteBuffer body) throws IOException {
    if (!body.hasRemaining()) {
      throw new IOException("a message that ends early");
    }
    return body.get() & 0xff;
  }

  private static byte[] rest(ByteBuffer body, int most) throws IOException {
    if (body.remaining() > most) {
      throw new IOException("a message of " + body.remaining() + " bytes");
    }
    byte[] rest = new byte[body.remaining()];
    body.get(rest);
    return rest;
  }
}

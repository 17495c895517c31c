package dev.holdfast.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a server says before its first frame (PROTOCOL.resume-v2, section 3). The first byte can't
 * begin a line of text.
 *
 * <pre>
 *   00 │ u16 length │ u8 kind=1 │ share (32) │ u64 received │ u64 limit │ u32 patience s │ extensions │ proof (32)   Accepted
 *   00 │ u16 length │ u8 kind=2 │ u8 why │ UTF-8 text                                                                  Refused
 * </pre>
 */
public sealed interface AnswerV2 {
  /** First byte of every answer. */
  int FIRST = 0;

  /** Longest answer after its length field. */
  int MOST = 1024;

  /** Kind of {@link Accepted}. */
  int ACCEPTED = 1;

  /** Kind of {@link Refused}. */
  int REFUSED = 2;

  /** The stream is there. {@code proof} covers the hello and everything before it. */
  record Accepted(
      byte[] share, LinkV2.Position position, Duration patience, byte[] proven, byte[] proof)
      implements AnswerV2 {}

  /** The stream can't be had. */
  record Refused(Why why, String text) implements AnswerV2 {}

  /** Reasons of a refusal, with what a client does about them. */
  enum Why {
    /** No such stream, or the proof is wrong: final. */
    UNKNOWN(1, true),
    /** Not from this address: another network may do. */
    ADDRESS(2, false),
    /** Too much going on: later. */
    BUSY(3, false),
    /** The hello needs a newer server: final. */
    VERSION(4, true),
    /** The server goes down; its successor may know: later. */
    SHUTTING_DOWN(5, false);

    private final int code;
    private final boolean isFinal;

    Why(int code, boolean isFinal) {
      this.code = code;
      this.isFinal = isFinal;
    }

    /** Whether trying again is pointless. */
    public boolean isFinal() {
      return isFinal;
    }

    private static Why of(int code) {
      for (Why why : values()) {
        if (why.code == code) {
          return why;
        }
      }
      return BUSY;
    }
  }

  /**
   * Reads an answer.
   *
   * @return null while bytes are missing; nothing is consumed then
   * @throws ProtocolException it is not one
   */
  static @Nullable AnswerV2 read(ByteBuffer input) throws ProtocolException {
    if (input.remaining() > 0 && input.get(input.position()) != FIRST) {
      throw new ProtocolException("no answer to the hello");
    }
    if (input.remaining() < 3) {
      return null;
    }
    int length = input.getShort(input.position() + 1) & 0xffff;
    if (length > MOST) {
      throw new ProtocolException("answer of " + length + " bytes");
    }
    if (input.remaining() < 3 + length) {
      return null;
    }
    byte[] encoded = new byte[3 + length];
    input.get(encoded);
    return parse(encoded, ByteBuffer.wrap(encoded, 3, length));
  }

  private static AnswerV2 parse(byte[] encoded, ByteBuffer body) throws ProtocolException {
    int kind = Extensions.take(body, 1).get() & 0xff;
    return switch (kind) {
      case ACCEPTED -> parseAccepted(encoded, body);
      case REFUSED -> parseRefused(body);
      default -> throw new ProtocolException("answer of unknown kind " + kind);
    };
  }

  private static Accepted parseAccepted(byte[] encoded, ByteBuffer body) throws ProtocolException {
    byte[] share = Extensions.bytes(body, KeyShare.BYTES);
    LinkV2.Position position =
        new LinkV2.Position(Extensions.offset(body), Extensions.offset(body));
    Duration patience = Duration.ofSeconds(Extensions.take(body, 4).getInt() & 0xffffffffL);
    byte[] proof = Extensions.bytesAtEnd(body, SecretsV2.PROOF);
    Extensions.check(body);
    byte[] proven = Arrays.copyOf(encoded, encoded.length - proof.length);
    return new Accepted(share, position, patience, proven, proof);
  }

  private static Refused parseRefused(ByteBuffer body) throws ProtocolException {
    Why why = Why.of(Extensions.take(body, 1).get() & 0xff);
    String text = StandardCharsets.UTF_8.decode(body).toString();
    return new Refused(why, new End(End.Reason.CLOSED, text).text());
  }

  /** The bytes of an acceptance, up to its proof. */
  static byte[] accepted(byte[] share, LinkV2.Position position, Duration patience) {
    ByteBuffer body =
        ByteBuffer.allocate(1 + share.length + 16 + 4).put((byte) ACCEPTED).put(share);
    body.putLong(position.received()).putLong(position.limit());
    body.putInt((int) Math.min(patience.toSeconds(), 0xffffffffL));
    return framed(body.array(), SecretsV2.PROOF);
  }

  /**
   * The bytes of a refusal; {@code text} is for a person, at most {@link End#MOST_TEXT} characters.
   */
  static byte[] refused(Why why, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return framed(
        ByteBuffer.allocate(2 + bytes.length)
            .put((byte) REFUSED)
            .put((byte) why.code)
            .put(bytes)
            .array(),
        0);
  }

  private static byte[] framed(byte[] body, int more) {
    ByteBuffer answer = ByteBuffer.allocate(3 + body.length).put((byte) FIRST);
    return answer.putShort((short) (body.length + more)).put(body).array();
  }
}

package dev.holdfast.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a client says before its first frame (PROTOCOL.resume-v2, section 3).
 *
 * <pre>
 *   preface (27) │ u16 length │ u8 kind=1 │ share (32) │ u64 limit │ extensions                                  Open
 *   preface (27) │ u16 length │ u8 kind=2 │ id (16) │ u64 counter │ share (32) │ u64 received │ u64 limit
 *                                         │ extensions │ proof (32)                                            Resume
 * </pre>
 */
public sealed interface HelloV2 {
  /**
   * What every hello starts with; its first eight bytes look like SSH to whatever shares a port by
   * them.
   */
  static byte[] preface() {
    return PREFACE.clone();
  }

  /** Longest hello after its length field. */
  int MOST = 1024;

  /** Asks for a new stream. */
  record Open(byte[] share, long limit, byte[] encoded) implements HelloV2 {}

  /** Asks to go on with a stream. {@code proof} covers everything before it. */
  record Resume(
      StreamId id,
      long counter,
      byte[] share,
      LinkV2.Position position,
      byte[] proven,
      byte[] proof)
      implements HelloV2 {}

  /**
   * Reads a hello from its preface on.
   *
   * @return null while bytes are missing; nothing is consumed then
   * @throws ProtocolException it is not one
   */
  static @Nullable HelloV2 read(ByteBuffer input) throws ProtocolException {
    int preface = PREFACE.length;
    int common = Math.min(preface, input.remaining());
    if (!input.slice(input.position(), common).equals(ByteBuffer.wrap(PREFACE, 0, common))) {
      throw new ProtocolException("no hello");
    }
    if (input.remaining() < preface + 2) {
      return null;
    }
    int length = input.getShort(input.position() + preface) & 0xffff;
    if (length > MOST) {
      throw new ProtocolException("hello of " + length + " bytes");
    }
    if (input.remaining() < preface + 2 + length) {
      return null;
    }
    byte[] encoded = new byte[preface + 2 + length];
    input.get(encoded);
    return parse(encoded, ByteBuffer.wrap(encoded, preface + 2, length));
  }

  private static HelloV2 parse(byte[] encoded, ByteBuffer body) throws ProtocolException {
    int kind = Extensions.take(body, 1).get() & 0xff;
    return switch (kind) {
      case OPEN -> parseOpen(encoded, body);
      case RESUME -> parseResume(encoded, body);
      default -> throw new ProtocolException("hello of unknown kind " + kind);
    };
  }

  private static Open parseOpen(byte[] encoded, ByteBuffer body) throws ProtocolException {
    byte[] share = Extensions.bytes(body, KeyShare.BYTES);
    long limit = Extensions.offset(body);
    Extensions.check(body);
    return new Open(share, limit, encoded);
  }

  private static Resume parseResume(byte[] encoded, ByteBuffer body) throws ProtocolException {
    StreamId id = new StreamId(Extensions.bytes(body, SecretsV2.ID));
    long counter = Extensions.offset(body);
    byte[] share = Extensions.bytes(body, KeyShare.BYTES);
    LinkV2.Position position =
        new LinkV2.Position(Extensions.offset(body), Extensions.offset(body));
    byte[] proof = Extensions.bytesAtEnd(body, SecretsV2.PROOF);
    Extensions.check(body);
    byte[] proven = Arrays.copyOf(encoded, encoded.length - proof.length);
    return new Resume(id, counter, share, position, proven, proof);
  }

  /** The bytes of a hello for a new stream. */
  static byte[] open(byte[] share, long limit) {
    return framed(
        ByteBuffer.allocate(1 + share.length + 8)
            .put((byte) OPEN)
            .put(share)
            .putLong(limit)
            .array(),
        0);
  }

  /** The bytes of a hello to resume, up to its proof. */
  static byte[] resume(StreamId id, long counter, byte[] share, LinkV2.Position position) {
    ByteBuffer body = ByteBuffer.allocate(1 + SecretsV2.ID + 8 + share.length + 16);
    body.put((byte) RESUME).put(id.bytes()).putLong(counter).put(share);
    body.putLong(position.received()).putLong(position.limit());
    return framed(body.array(), SecretsV2.PROOF);
  }

  private static byte[] framed(byte[] body, int more) {
    ByteBuffer hello = ByteBuffer.allocate(PREFACE.length + 2 + body.length);
    return hello.put(PREFACE).putShort((short) (body.length + more)).put(body).array();
  }

  /** {@code SSH-2.0-}, a zero byte, the protocol's name. */
  byte[] PREFACE = "SSH-2.0-\0holdfast-resume-v2".getBytes(StandardCharsets.US_ASCII);

  /** Kind of {@link Open}. */
  int OPEN = 1;

  /** Kind of {@link Resume}. */
  int RESUME = 2;
}

package dev.holdfast.link;

import dev.holdfast.stream.HelloV2;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Tells from a client's first bytes what it is, so that one port serves them all
 * (PROTOCOL.resume-v2, section 2). Pure.
 *
 * <pre>
 *   SSH-2.0                     and then silence   a client that asks for resume v2: announce it
 *   SSH-2.0-… resume-v2         and then silence   the same, whose bytes came together
 *   SSH-2.0-                    and then silence   a client of resume v1: send its line
 *   SSH-2.0-&lt;00&gt;teleport-…                   a client of resume v1 coming back
 *   SSH-2.0-&lt;00&gt;holdfast-…                   a hello of resume v2
 *   nothing for a while, anything else             a plain client: join it to the server untouched
 * </pre>
 */
final class Detector {
  /** The bytes with which a client asks for resume v2, alone. */
  static final byte[] PROBE = "SSH-2.0".getBytes(StandardCharsets.US_ASCII);

  /**
   * What a server says to a probe: a line that RFC 4253 4.2 allows before the identification.
   * Without its end.
   */
  static final byte[] ANNOUNCEMENT = "holdfast-resume v2".getBytes(StandardCharsets.US_ASCII);

  /** How an identification ends that has the comment. */
  private static final byte[] COMMENT =
      (" " + StreamClient.COMMENT + "\r\n").getBytes(StandardCharsets.US_ASCII);

  /** Bytes of an identification with its end (RFC 4253 4.2). */
  private static final int MOST_IDENTIFICATION = 255;

  /**
   * Silence after which a client is taken for one that waits for the server to speak first, such as
   * ssh-keyscan.
   */
  static final long SILENCE = 500_000_000;

  /** Silence behind {@code SSH-2.0-} after which a client is taken for one of resume v1. */
  static final long V1_SILENCE = 30_000_000;

  /** Silence within an identification after which it is passed on as it is. */
  static final long PARTIAL_SILENCE = 100_000_000;

  private static final byte[] V1_FIRST = "SSH-2.0-".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] V1_PRELUDE =
      "SSH-2.0-\0teleport-resume-v1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] V2_PREFACE = HelloV2.preface();

  private Detector() {}

  /** What a client is, as far as its bytes tell. */
  enum Kind {
    /** It asks whether we speak resume v2. */
    PROBE,
    /** It waits for the line of resume v1. */
    V1_WAITING,
    /** It speaks resume v1 at once: it comes back. */
    V1,
    /** It says a hello of resume v2. */
    V2,
    /** It is to be joined to the server. */
    PLAIN,
    /** Not yet known. */
    UNKNOWN
  }

  /**
   * Judges a client.
   *
   * @param input all bytes received so far, from position to limit
   * @param silentNanos time since the last of them, or since the connection was made
   */
  static Kind judge(ByteBuffer input, long silentNanos) {
    int bytes = input.remaining();
    if (bytes == 0) {
      return silentNanos >= SILENCE ? Kind.PLAIN : Kind.UNKNOWN;
    }
    if (bytes == PROBE.length && startsLike(input, PROBE)) {
      return Kind.PROBE;
    }
    if (bytes == V1_FIRST.length && startsLike(input, V1_FIRST)) {
      return silentNanos >= V1_SILENCE ? Kind.V1_WAITING : Kind.UNKNOWN;
    }
    if (startsLike(input, V2_PREFACE)) {
      return judgePrefix(bytes, V2_PREFACE.length, Kind.V2, silentNanos);
    }
    if (startsLike(input, V1_PRELUDE)) {
      return judgePrefix(bytes, V1_PRELUDE.length, Kind.V1, silentNanos);
    }
    return asksByItsComment(input) ? Kind.PROBE : Kind.PLAIN;
  }

  /** Whether it is one whole identification line with the comment, and nothing behind it. */
  private static boolean asksByItsComment(ByteBuffer input) {
    int behind = input.remaining() - COMMENT.length;
    return behind > V1_FIRST.length
        && input.remaining() <= MOST_IDENTIFICATION
        && startsLike(input, V1_FIRST)
        && startsLike(input.slice(input.position() + behind, COMMENT.length), COMMENT)
        && !hasLineEnd(input.slice(input.position(), behind));
  }

  private static boolean hasLineEnd(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      if (bytes.get() == '\n') {
        return true;
      }
    }
    return false;
  }

  private static Kind judgePrefix(int bytes, int whole, Kind kind, long silentNanos) {
    if (bytes >= whole) {
      return kind;
    }
    boolean couldBePlain = bytes <= V1_FIRST.length;
    return couldBePlain && silentNanos >= PARTIAL_SILENCE ? Kind.PLAIN : Kind.UNKNOWN;
  }

  /**
   * When {@link #judge} may say something else although no byte came; {@code Long.MAX_VALUE} for
   * never.
   */
  static long nextLook(ByteBuffer input, long lastByteAt) {
    int bytes = input.remaining();
    if (bytes == 0) {
      return lastByteAt + SILENCE;
    }
    if (bytes > V1_FIRST.length) {
      return Long.MAX_VALUE;
    }
    return lastByteAt + (bytes == V1_FIRST.length ? V1_SILENCE : PARTIAL_SILENCE);
  }

  /** Whether what there is of {@code input} agrees with the beginning of {@code pattern}. */
  private static boolean startsLike(ByteBuffer input, byte[] pattern) {
    int common = Math.min(input.remaining(), pattern.length);
    return input.slice(input.position(), common).equals(ByteBuffer.wrap(pattern, 0, common));
  }
}

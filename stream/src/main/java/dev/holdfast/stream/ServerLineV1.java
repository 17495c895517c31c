package dev.holdfast.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The first line of a resume v1 server: a legal SSH identification string that also carries a key
 * (PROTOCOL.resume-v1, section 3).
 *
 * <pre>
 *   "SSH-2.0-Teleport resume-v1 " │ key, base64 without padding (87) │ SP │ host ID (1..138) │ CR LF
 * </pre>
 *
 * @param hostId which host a resume has to reach: lower-case letters, digits and hyphens
 * @param key the server's public key for this link, a point of the curve
 */
public record ServerLineV1(String hostId, byte[] key) {
  /** Longest host ID in characters. */
  public static final int MOST_HOST_ID = 138;

  /** Longest line in bytes, its end included: RFC 4253 4.2. */
  static final int MOST = 255;

  private static final byte[] PREFIX =
      "SSH-2.0-Teleport resume-v1 ".getBytes(StandardCharsets.US_ASCII);
  private static final int KEY_END = PREFIX.length + 87;
  private static final int HOST_ID_START = KEY_END + 1;

  /** Refuses a host ID outside the grammar. */
  public ServerLineV1 {
    if (!isHostId(hostId)) {
      throw new IllegalArgumentException("host ID " + hostId);
    }
  }

  /** What the first bytes of a server are. */
  public sealed interface Verdict {
    /** A beginning of the line: more is needed. Nothing was consumed. */
    record More() implements Verdict {}

    /** No such line, as soon as that is certain. Nothing was consumed. */
    record Plain() implements Verdict {}

    /** The line; exactly it was consumed. */
    record Resumable(ServerLineV1 line) implements Verdict {}
  }

  /** Whether {@code text} can be a host ID. */
  public static boolean isHostId(String text) {
    return !text.isEmpty()
        && text.length() <= MOST_HOST_ID
        && text.chars().allMatch(ServerLineV1::inHostId);
  }

  /**
   * Judges what a server sent first.
   *
   * @throws ProtocolException the line is right but its key is no point of the curve: the
   *     connection must be closed, this is not a plain server
   */
  public static Verdict read(ByteBuffer input) throws ProtocolException {
    int end = endOf(input);
    if (end < 0) {
      return new Verdict.Plain();
    }
    if (end == 0) {
      return new Verdict.More();
    }
    int from = input.position();
    byte[] key = decodeKey(text(input, from + PREFIX.length, from + KEY_END));
    KeyExchangeV1.decode(key);
    String hostId = text(input, from + HOST_ID_START, from + end - 2);
    input.position(from + end);
    return new Verdict.Resumable(new ServerLineV1(hostId, key));
  }

  /** The line with its CR LF. */
  public byte[] encoded() {
    return (identification() + "\r\n").getBytes(StandardCharsets.US_ASCII);
  }

  /** The line without its end: what a plain SSH client takes for the identification string. */
  public String identification() {
    String base64 = Base64.getEncoder().withoutPadding().encodeToString(key);
    return new String(PREFIX, StandardCharsets.US_ASCII) + base64 + " " + hostId;
  }

  /** Bytes of the line at the start of {@code input}; 0 if more is needed, -1 if it is none. */
  private static int endOf(ByteBuffer input) {
    for (int i = 0; i < Math.min(input.remaining(), MOST); i++) {
      int c = input.get(input.position() + i);
      boolean isEnd = i > HOST_ID_START && c == '\n' && input.get(input.position() + i - 1) == '\r';
      if (isEnd) {
        return i + 1;
      }
      if (!fits(input, i, c)) {
        return -1;
      }
    }
    return input.remaining() < MOST ? 0 : -1;
  }

  /** Whether byte {@code i} may be {@code c}, the ones before it having been right. */
  private static boolean fits(ByteBuffer input, int i, int c) {
    if (i < PREFIX.length) {
      return c == PREFIX[i];
    }
    if (i < KEY_END) {
      return inBase64(c);
    }
    if (i == KEY_END) {
      return c == ' ';
    }
    boolean ended = input.get(input.position() + i - 1) == '\r';
    boolean mayEnd = i > HOST_ID_START && c == '\r';
    return !ended && (inHostId(c) || mayEnd);
  }

  private static boolean inBase64(int c) {
    return (inHostId(c) && c != '-') || (c >= 'A' && c <= 'Z') || c == '+' || c == '/';
  }

  private static boolean inHostId(int c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-';
  }

  /** The last of 87 characters carries two bits too many, which the decoder ignores. */
  private static byte[] decodeKey(String base64) {
    return Base64.getDecoder().decode(base64);
  }

  private static String text(ByteBuffer input, int from, int to) {
    byte[] bytes = new byte[to - from];
    input.get(from, bytes);
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}

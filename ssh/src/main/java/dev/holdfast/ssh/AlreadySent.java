package dev.holdfast.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * What of our identification string went out on the stream before SSH was started on it, and must
 * not be sent a second time.
 *
 * <p>RFC 4253 4.2 makes the identification string the first thing either side sends, so it is what
 * the first write of the SSH library begins with. It is compared before it is dropped: if the
 * library were to hash another string into the key exchange than the peer has read, the exchange
 * would fail with a signature that no one could explain.
 */
final class AlreadySent {
  /** Nothing was sent: SSH sends its identification string itself. */
  static final AlreadySent NOTHING = new AlreadySent("");

  /** A client's first eight bytes, by which servers of every kind know that SSH is spoken. */
  static final AlreadySent CLIENT_PREFIX = new AlreadySent("SSH-2.0-");

  private final byte[] bytes;

  private AlreadySent(String text) {
    bytes = text.getBytes(StandardCharsets.US_ASCII);
  }

  /** A server's whole identification string with its CR LF. */
  static AlreadySent line(String identification) {
    return new AlreadySent(identification + "\r\n");
  }

  /** Moves the read position of the first write behind what was sent already. */
  void dropFrom(Buffer first) throws IOException {
    int at = first.rpos();
    if (first.available() < bytes.length
        || !Arrays.equals(first.array(), at, at + bytes.length, bytes, 0, bytes.length)) {
      throw new IOException("SSH does not begin with the identification that was sent already");
    }
    first.rpos(at + bytes.length);
  }
}

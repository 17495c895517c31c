package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.kex.extension.DefaultClientKexExtensionHandler;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;

/**
 * Pings below SSH's channels: "ping@openssh.com" (OpenSSH's PROTOCOL 1.9). Takes note of servers
 * that answer them (RFC 8308 2.3), and says what they look like.
 */
final class ServerPings extends DefaultClientKexExtensionHandler {
  static final String EXTENSION = "ping@openssh.com";

  /** Its only version. */
  static final String VERSION = "0";

  static final int PING = 192;
  static final int PONG = 193;

  /** Bytes of a ping that are answered; OpenSSH sends five. */
  static final int MOST_BYTES = 1024;

  private static final AttributeKey<Boolean> TAKEN = new AttributeKey<>();

  /** As long as the channel's number, a length and one byte of SSH_MSG_CHANNEL_DATA. */
  private static final byte[] LIKE_ONE_KEY = "PING!".getBytes(US_ASCII);

  @Override
  public boolean handleKexExtensionRequest(
      Session session, int index, int count, String name, byte[] data) throws IOException {
    if (name.equals(EXTENSION) && new String(data, US_ASCII).equals(VERSION)) {
      session.setAttribute(TAKEN, true);
      return true;
    }
    return super.handleKexExtensionRequest(session, index, count, name, data);
  }

  static boolean areTakenBy(Session session) {
    return Boolean.TRUE.equals(session.getAttribute(TAKEN));
  }

  static Buffer likeOneKey(Session session) {
    return message(session, PING, LIKE_ONE_KEY);
  }

  /** The answer to a ping that was read up to its bytes. */
  static Buffer answer(Session session, Buffer ping) throws IOException {
    long length = ping.getUInt();
    if (length > MOST_BYTES || length > ping.available()) {
      throw new IOException("a ping of " + length + " bytes");
    }
    byte[] bytes = new byte[(int) length];
    ping.getRawBytes(bytes);
    return message(session, PONG, bytes);
  }

  private static Buffer message(Session session, int number, byte[] bytes) {
    Buffer message = session.createBuffer((byte) number, Integer.BYTES + bytes.length);
    message.putBytes(bytes);
    return message;
  }
}

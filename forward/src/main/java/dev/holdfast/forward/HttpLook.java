package dev.holdfast.forward;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Whether bytes look like the beginning of an HTTP/1 message (RFC 9112 2.1). */
final class HttpLook {
  private static final byte[] VERSION = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);

  /** Letters of a method; CONNECT and OPTIONS have seven, none that matters has more. */
  private static final int MOST_METHOD = 8;

  private HttpLook() {}

  /** A method in capitals and a space. */
  static boolean isRequest(ByteBuffer bytes) {
    int letters = 0;
    for (int at = bytes.position(); at < bytes.limit() && letters <= MOST_METHOD; at++) {
      byte c = bytes.get(at);
      if (c == ' ') {
        return letters >= 3;
      }
      if (c < 'A' || c > 'Z') {
        return false;
      }
      letters++;
    }
    return false;
  }

  /** {@code HTTP/1.}, in what was put into {@code bytes} from {@code start} on. */
  static boolean isAnswer(ByteBuffer bytes, int start) {
    if (bytes.position() - start < VERSION.length) {
      return false;
    }
    for (int i = 0; i < VERSION.length; i++) {
      if (bytes.get(start + i) != VERSION[i]) {
        return false;
      }
    }
    return true;
  }
}

package dev.holdfast.link;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The CONNECT method of HTTP/1.1 (RFC 9110 section 9.3.6), with Basic authentication (RFC 7617).
 *
 * <pre>
 *   CONNECT host:port HTTP/1.1 CRLF
 *   Host: host:port CRLF
 *   [Proxy-Authorization: Basic base64(user ":" password) CRLF]
 *   CRLF
 * </pre>
 *
 * Of the answer only the status counts: 2xx opens the tunnel at the empty line, whatever the header
 * says of a length; 1xx is followed by another answer (RFC 9110 section 15.2); anything else is a
 * refusal, known from the status line on. A line may end in LF alone (RFC 9112 section 2.2).
 */
final class HttpConnect implements ProxyHandshake {
  /** An answer's header, interim answers included, is not longer than this. */
  static final int MAX_HEADER_BYTES = 16 * 1024;

  /** The part of the status line that counts: {@code HTTP/1.1 200}. */
  private static final int STATUS_BYTES = 12;

  /** What a proxy says that wants a proof (RFC 9110 section 15.5.8). */
  private static final int PROXY_AUTHENTICATION = 407;

  /** What some say instead, such as tinyproxy of a wrong password. */
  private static final int UNAUTHORIZED = 401;

  /** The shortest end of a header from within a line: two line feeds. */
  private static final int SHORTEST_END = 2;

  private final OutboundProxy proxy;
  private final Destination to;
  private final byte[] statusLine = new byte[STATUS_BYTES];
  private ByteBuffer request;
  private int statusLength;
  private int total;
  private boolean lineIsEmpty;
  private boolean open;

  HttpConnect(OutboundProxy proxy, Destination to) {
    this.proxy = proxy;
    this.to = to;
    this.request = ByteBuffer.wrap(request(proxy, to).getBytes(StandardCharsets.US_ASCII));
  }

  private static String request(OutboundProxy proxy, Destination to) {
    String authority = to.authority();
    String authorization =
        proxy.credentials().map(c -> "Proxy-Authorization: Basic " + basic(c) + "\r\n").orElse("");
    return "CONNECT "
        + authority
        + " HTTP/1.1\r\nHost: "
        + authority
        + "\r\n"
        + authorization
        + "\r\n";
  }

  private static String basic(OutboundProxy.Credentials credentials) {
    String pair = credentials.user() + ":" + credentials.password();
    return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public ByteBuffer toSend() {
    ByteBuffer next = request;
    request = ByteBuffer.allocate(0);
    return next;
  }

  @Override
  public int needed() {
    if (open) {
      return 0;
    }
    if (statusLength < STATUS_BYTES) {
      return STATUS_BYTES - statusLength + SHORTEST_END;
    }
    return lineIsEmpty ? 1 : SHORTEST_END;
  }

  @Override
  public void take(ByteBuffer received) throws DialException {
    while (received.hasRemaining() && !open) {
      if (++total > MAX_HEADER_BYTES) {
        throw garbled();
      }
      take(received.get());
    }
  }

  private void take(byte b) throws DialException {
    if (statusLength < STATUS_BYTES) {
      statusLine[statusLength++] = b;
      checkStatusLine();
    } else if (b == '\n' && lineIsEmpty) {
      endHeader();
    } else if (b == '\n') {
      lineIsEmpty = true;
    } else if (b != '\r') {
      lineIsEmpty = false;
    }
  }

  /** Fails as soon as what has come cannot become the status line of a success. */
  private void checkStatusLine() throws DialException {
    String form = "HTTP/1.d ddd";
    char expected = form.charAt(statusLength - 1);
    byte got = statusLine[statusLength - 1];
    if (expected == 'd' ? got < '0' || got > '9' : got != expected) {
      throw garbled();
    }
    if (statusLength == STATUS_BYTES && status() / 100 != 2 && status() / 100 != 1) {
      throw new DialException(refusal());
    }
  }

  private int status() {
    return (statusLine[9] - '0') * 100 + (statusLine[10] - '0') * 10 + statusLine[11] - '0';
  }

  private DialFailure refusal() {
    if (status() != PROXY_AUTHENTICATION && status() != UNAUTHORIZED) {
      return new DialFailure.ProxyRefused(proxy, to, status());
    }
    return proxy.credentials().isEmpty()
        ? new DialFailure.ProxyNeedsAuthentication(proxy)
        : new DialFailure.ProxyRejectedAuthentication(proxy);
  }

  private void endHeader() {
    open = status() / 100 == 2;
    statusLength = 0;
    lineIsEmpty = false;
  }

  private DialException garbled() {
    return new DialException(new DialFailure.ProxyGarbled(proxy));
  }
}

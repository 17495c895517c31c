package dev.holdfast.browser;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Where a browser wants to go: CONNECT of SOCKS version 5, without a login (RFC 1928). There is no
 * BIND and no UDP here.
 *
 * @param host a name, or an address without brackets
 */
record SocksRequest(String host, int port) {
  /** What is answered (RFC 1928 6). */
  enum Answer {
    DONE(0),
    FAILED(1),
    NOT_ALLOWED(2),
    REFUSED(5),
    NO_SUCH_COMMAND(7),
    NO_SUCH_ADDRESS(8);

    private final int code;

    Answer(int code) {
      this.code = code;
    }

    byte[] bytes() {
      return new byte[] {VERSION, (byte) code, 0, ADDRESS4, 0, 0, 0, 0, 0, 0};
    }
  }

  private static final int VERSION = 5;
  private static final int CONNECT = 1;
  private static final int ADDRESS4 = 1;
  private static final int NAME = 3;
  private static final int ADDRESS6 = 4;
  private static final byte NO_LOGIN = 0;
  private static final byte NO_METHOD = (byte) 0xff;

  /** Reads a request and answers what comes before it; nothing if there is none to serve. */
  static Optional<SocksRequest> read(Duplex browser) throws IOException {
    if (number(browser) != VERSION) {
      return Optional.empty();
    }
    byte[] methods = bytes(browser, number(browser));
    boolean needsNoLogin = new String(methods, StandardCharsets.ISO_8859_1).indexOf(NO_LOGIN) >= 0;
    browser.write(ByteBuffer.wrap(new byte[] {VERSION, needsNoLogin ? NO_LOGIN : NO_METHOD}));
    if (!needsNoLogin || number(browser) != VERSION) {
      return Optional.empty();
    }
    int command = number(browser);
    number(browser);
    Optional<String> host = host(browser, number(browser));
    if (host.isEmpty()) {
      return refused(browser, Answer.NO_SUCH_ADDRESS);
    }
    int port = number(browser) << 8 | number(browser);
    if (command != CONNECT) {
      return refused(browser, Answer.NO_SUCH_COMMAND);
    }
    return host.get().isEmpty() || port == 0
        ? refused(browser, Answer.FAILED)
        : Optional.of(new SocksRequest(host.get(), port));
  }

  private static Optional<SocksRequest> refused(Duplex browser, Answer answer) throws IOException {
    browser.write(ByteBuffer.wrap(answer.bytes()));
    return Optional.empty();
  }

  private static Optional<String> host(Duplex browser, int kind) throws IOException {
    return switch (kind) {
      case ADDRESS4 -> Optional.of(InetAddress.getByAddress(bytes(browser, 4)).getHostAddress());
      case ADDRESS6 -> Optional.of(address6(bytes(browser, 16)));
      case NAME ->
          Optional.of(new String(bytes(browser, number(browser)), StandardCharsets.ISO_8859_1));
      default -> Optional.empty();
    };
  }

  private static String address6(byte[] bytes) throws IOException {
    String text = InetAddress.getByAddress(bytes).getHostAddress();
    return text.equals("0:0:0:0:0:0:0:1") ? "::1" : text;
  }

  private static int number(Duplex browser) throws IOException {
    return bytes(browser, 1)[0] & 0xff;
  }

  private static byte[] bytes(Duplex browser, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining()) {
      if (browser.read(bytes) < 0) {
        throw new IOException("The browser has gone.");
      }
    }
    return bytes.array();
  }
}

package dev.holdfast.link;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The CONNECT command of SOCKS5 (RFC 1928), with user and password (RFC 1929).
 *
 * <pre>
 *   we     05 | n | methods: 00 none, 02 user and password, if there is one
 *   proxy  05 | method
 *   we     01 | length | user | length | password          if it chose 02
 *   proxy  any | 00
 *   we     05 | 01 connect | 00 | type | address | port    type: 01 IPv4, 03 length and name, 04 IPv6
 *   proxy  05 | 00 | 00 | type | address | port            its own end, which does not matter here
 * </pre>
 */
final class Socks5Connect implements ProxyHandshake {
  private static final int VERSION = 5;
  private static final int NO_PROOF = 0;
  private static final int PASSWORD = 2;
  private static final int NO_METHOD = 0xff;
  private static final int CONNECT = 1;
  private static final int IPV4 = 1;
  private static final int NAME = 3;
  private static final int IPV6 = 4;

  /** A reply is never longer: 4 bytes, a name of 255 with its length, a port. */
  private static final int MAX_REPLY_BYTES = 4 + 1 + 255 + 2;

  /** What tells how long a reply is: its head and the first byte of the address. */
  private static final int REPLY_HEAD_BYTES = 5;

  private enum Awaiting {
    /** Then PASSWORD_VERDICT or REPLY. */
    METHOD,
    /** Then REPLY. */
    PASSWORD_VERDICT,
    /** Then NOTHING. */
    REPLY,
    NOTHING
  }

  private final OutboundProxy proxy;
  private final Destination to;
  private final byte[] address;
  private final ByteBuffer received = ByteBuffer.allocate(MAX_REPLY_BYTES);
  private ByteBuffer outgoing;
  private Awaiting awaiting = Awaiting.METHOD;

  private Socks5Connect(OutboundProxy proxy, Destination to, byte[] address) {
    this.proxy = proxy;
    this.to = to;
    this.address = address;
    this.outgoing =
        bytes(
            proxy.credentials().isPresent()
                ? new int[] {VERSION, 2, NO_PROOF, PASSWORD}
                : new int[] {VERSION, 1, NO_PROOF});
  }

  /** Lets the proxy find the host's address, unless the host is given as one. */
  static Socks5Connect byName(OutboundProxy proxy, Destination to) {
    Optional<InetAddress> literal = to.literal();
    return literal.isPresent()
        ? byAddress(proxy, to, literal.get())
        : new Socks5Connect(
            proxy, to, counted(NAME, to.host().getBytes(StandardCharsets.US_ASCII)));
  }

  /** Has the proxy connect to this address of the host. */
  static Socks5Connect byAddress(OutboundProxy proxy, Destination to, InetAddress address) {
    byte[] raw = address.getAddress();
    ByteBuffer typed =
        ByteBuffer.allocate(1 + raw.length).put((byte) (raw.length == 4 ? IPV4 : IPV6)).put(raw);
    return new Socks5Connect(proxy, to, typed.array());
  }

  /** True if a user's name or password has a length that RFC 1929 can say. */
  static boolean fits(String text) {
    int length = text.getBytes(StandardCharsets.UTF_8).length;
    return length >= 1 && length <= 255;
  }

  /** A reply's meaning as a clause (RFC 1928 section 6). */
  static String meaning(int reply) {
    return switch (reply) {
      case 1 -> "it failed for a reason of its own";
      case 2 -> "its rules forbid it";
      case 3 -> "it has no way to that network";
      case 4 -> "it has no way to that host";
      case 5 -> "the host refused the connection";
      case 6 -> "the host did not answer it";
      case 7 -> "it does not make such connections";
      case 8 -> "it does not know that kind of address";
      default -> "it answered with the unknown code " + reply;
    };
  }

  @Override
  public ByteBuffer toSend() {
    ByteBuffer next = outgoing;
    outgoing = ByteBuffer.allocate(0);
    return next;
  }

  @Override
  public int needed() {
    return switch (awaiting) {
      case METHOD, PASSWORD_VERDICT -> 2 - received.position();
      case REPLY -> replyLength() - received.position();
      case NOTHING -> 0;
    };
  }

  private int replyLength() {
    if (received.position() < REPLY_HEAD_BYTES) {
      return REPLY_HEAD_BYTES;
    }
    return switch (received.get(3)) {
      case IPV4 -> 4 + 4 + 2;
      case IPV6 -> 4 + 16 + 2;
      default -> REPLY_HEAD_BYTES + (received.get(4) & 0xff) + 2;
    };
  }

  @Override
  public void take(ByteBuffer bytes) throws DialException {
    while (bytes.hasRemaining() && awaiting != Awaiting.NOTHING) {
      received.put(bytes.get());
      check();
      if (needed() == 0) {
        proceed();
      }
    }
  }

  /**
   * Fails as soon as what has come cannot become a consent: some proxies send no more than that.
   */
  private void check() throws DialException {
    int last = received.position() - 1;
    int value = received.get(last) & 0xff;
    switch (awaiting) {
      case METHOD -> {
        if (last == 0) {
          require(value == VERSION);
        }
      }
      case REPLY -> checkReply(last, value);
      case PASSWORD_VERDICT, NOTHING -> {}
    }
  }

  private void checkReply(int index, int value) throws DialException {
    switch (index) {
      case 0 -> require(value == VERSION);
      case 1 -> {
        if (value != 0) {
          throw new DialException(new DialFailure.ProxyRefused(proxy, to, value));
        }
      }
      case 3 -> require(value == IPV4 || value == NAME || value == IPV6);
      default -> {}
    }
  }

  private void proceed() throws DialException {
    int verdict = received.get(1) & 0xff;
    received.clear();
    switch (awaiting) {
      case METHOD -> choose(verdict);
      case PASSWORD_VERDICT -> {
        if (verdict != 0) {
          throw new DialException(new DialFailure.ProxyRejectedAuthentication(proxy));
        }
        request();
      }
      case REPLY, NOTHING -> awaiting = Awaiting.NOTHING;
    }
  }

  private void choose(int method) throws DialException {
    Optional<OutboundProxy.Credentials> credentials = proxy.credentials();
    if (method == NO_PROOF) {
      request();
    } else if (method == PASSWORD && credentials.isPresent()) {
      prove(credentials.get());
    } else {
      require(method == NO_METHOD || method == PASSWORD);
      throw new DialException(
          credentials.isEmpty()
              ? new DialFailure.ProxyNeedsAuthentication(proxy)
              : new DialFailure.ProxyRejectedAuthentication(proxy));
    }
  }

  private void prove(OutboundProxy.Credentials credentials) {
    byte[] user = counted(1, credentials.user().getBytes(StandardCharsets.UTF_8));
    byte[] password = credentials.password().getBytes(StandardCharsets.UTF_8);
    outgoing =
        ByteBuffer.allocate(user.length + 1 + password.length)
            .put(user)
            .put((byte) password.length)
            .put(password)
            .flip();
    awaiting = Awaiting.PASSWORD_VERDICT;
  }

  private void request() {
    outgoing =
        ByteBuffer.allocate(3 + address.length + 2)
            .put((byte) VERSION)
            .put((byte) CONNECT)
            .put((byte) 0);
    outgoing.put(address).putShort((short) to.port()).flip();
    awaiting = Awaiting.REPLY;
  }

  private void require(boolean asSpecified) throws DialException {
    if (!asSpecified) {
      throw new DialException(new DialFailure.ProxyGarbled(proxy));
    }
  }

  private static byte[] counted(int first, byte[] text) {
    return ByteBuffer.allocate(2 + text.length)
        .put((byte) first)
        .put((byte) text.length)
        .put(text)
        .array();
  }

  private static ByteBuffer bytes(int... values) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length);
    for (int value : values) {
      buffer.put((byte) value);
    }
    return buffer.flip();
  }
}

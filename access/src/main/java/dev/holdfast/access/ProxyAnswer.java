package dev.holdfast.access;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy answers to a {@link ProxyHello} of a client (PROTOCOL.ticket, section 4).
 *
 * <pre>
 *   00 │ u16 length │ u8 kind=17 │ nonce (32)               Challenge
 *   00 │ u16 length │ u8 kind=18 │ ticket, may be empty     Welcome
 *   00 │ u16 length │ u8 kind=19 │ u8 why │ UTF-8 text      Refused
 * </pre>
 */
public sealed interface ProxyAnswer {
  /** To be signed before anything else happens. */
  record Challenge(byte[] nonce) implements ProxyAnswer {}

  /** The node's bytes follow; a new ticket, if it is not empty, replaces the one that was shown. */
  record Welcome(byte[] ticket) implements ProxyAnswer {}

  /** It can't be. */
  record Refused(Why why, String text) implements ProxyAnswer {}

  /** Reasons of a refusal, with what a client does about them. */
  enum Why {
    /** The ticket is none, or over, or not this client's: final. */
    TICKET(1, true),
    /** The user may not, or not any more: final. */
    DENIED(2, true),
    /** Not from this address: another network may do. */
    ADDRESS(3, false),
    /** The node can't be reached from here now: later, or through another proxy. */
    OFFLINE(4, false),
    /** Too much going on, or nobody to ask: later. */
    BUSY(5, false);

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

  /** Characters of a refusal's text. */
  int MOST_TEXT = 300;

  /** Longest body. */
  int MOST = Ticket.MOST_BYTES + 128;

  /** The bytes of an answer. */
  default byte[] encoded() {
    return switch (this) {
      case Challenge(byte[] nonce) -> framed(17, new byte[0], nonce);
      case Welcome(byte[] ticket) -> framed(18, new byte[0], ticket);
      case Refused(Why why, String text) ->
          framed(19, new byte[] {(byte) why.code}, text.getBytes(StandardCharsets.UTF_8));
    };
  }

  /**
   * Reads an answer.
   *
   * @return null while bytes are missing; nothing is consumed then
   * @throws TicketException it is not one
   */
  static @Nullable ProxyAnswer read(ByteBuffer input) throws TicketException {
    if (input.hasRemaining() && input.get(input.position()) != 0) {
      throw new TicketException("it is not a proxy's answer");
    }
    if (input.remaining() < 3) {
      return null;
    }
    int length = input.getShort(input.position() + 1) & 0xffff;
    if (length > MOST) {
      throw new TicketException("it is longer than an answer can be");
    }
    if (input.remaining() < 3 + length) {
      return null;
    }
    ByteBuffer body = input.slice(input.position() + 3, length);
    input.position(input.position() + 3 + length);
    try {
      return parse(body);
    } catch (BufferUnderflowException e) {
      throw new TicketException("it ends early");
    }
  }

  private static ProxyAnswer parse(ByteBuffer body) throws TicketException {
    int kind = body.get() & 0xff;
    return switch (kind) {
      case 17 -> {
        byte[] nonce = new byte[ProxyHello.NONCE];
        body.get(nonce);
        yield new Challenge(nonce);
      }
      case 18 -> {
        byte[] ticket = new byte[body.remaining()];
        body.get(ticket);
        yield new Welcome(ticket);
      }
      case 19 -> new Refused(Why.of(body.get() & 0xff), text(body));
      default -> throw new TicketException("it is of a kind that is not known here");
    };
  }

  /** One line for a person; nothing in it moves a cursor. */
  private static String text(ByteBuffer body) {
    String text = StandardCharsets.UTF_8.decode(body).toString();
    String bare =
        text.codePoints()
            .limit(MOST_TEXT)
            .collect(
                StringBuilder::new,
                (all, one) -> all.appendCodePoint(Character.isISOControl(one) ? ' ' : one),
                StringBuilder::append)
            .toString();
    return bare;
  }

  private static byte[] framed(int kind, byte[] first, byte[] second) {
    int length = 1 + first.length + second.length;
    if (length > MOST) {
      throw new IllegalArgumentException("an answer of " + length + " bytes");
    }
    return ByteBuffer.allocate(3 + length)
        .put((byte) 0)
        .putShort((short) length)
        .put((byte) kind)
        .put(first)
        .put(second)
        .array();
  }
}

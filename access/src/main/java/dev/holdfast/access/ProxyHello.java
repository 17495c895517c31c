package dev.holdfast.access;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a client with a ticket, or a node that dials back, says first to a proxy (PROTOCOL.ticket,
 * section 4).
 *
 * <pre>
 *   preface (26) │ u16 length │ u8 kind=1 │ ticket                    Open
 *   preface (26) │ u16 length │ u8 kind=2 │ proof (64) │ ticket       Resume
 *   preface (26) │ u16 length │ u8 kind=3 │ ticket                    Renew
 *   preface (26) │ u16 length │ u8 kind=16 │ nonce (32)               DialBack
 * </pre>
 */
public sealed interface ProxyHello {
  /** Wants a new stream to the ticket's node; has to answer a challenge. */
  record Open(byte[] ticket) implements ProxyHello {}

  /** Comes back with a stream, whose hello follows; {@code proof} covers that. */
  record Resume(byte[] ticket, byte[] proof) implements ProxyHello {}

  /** Wants the ticket renewed; has to answer a challenge. */
  record Renew(byte[] ticket) implements ProxyHello {}

  /** A node has dialled because the proxy asked it to. */
  record DialBack(byte[] nonce) implements ProxyHello {}

  /** Bytes of a challenge and of what a node shows when it dials back. */
  int NONCE = 32;

  /** Longest body. */
  int MOST = Ticket.MOST_BYTES + 128;

  /** The first bytes of every such connection. */
  static byte[] preface() {
    return "SSH-2.0-\0holdfast-proxy-v1".getBytes(StandardCharsets.US_ASCII);
  }

  /** The bytes of a hello. */
  default byte[] encoded() {
    return switch (this) {
      case Open(byte[] ticket) -> framed(1, new byte[0], ticket);
      case Resume(byte[] ticket, byte[] proof) -> framed(2, proof, ticket);
      case Renew(byte[] ticket) -> framed(3, new byte[0], ticket);
      case DialBack(byte[] nonce) -> framed(16, new byte[0], nonce);
    };
  }

  /**
   * Reads a hello from its preface on.
   *
   * @return null while bytes are missing; nothing is consumed then
   * @throws TicketException it is not one
   */
  static @Nullable ProxyHello read(ByteBuffer input) throws TicketException {
    byte[] preface = preface();
    int common = Math.min(preface.length, input.remaining());
    if (!input.slice(input.position(), common).equals(ByteBuffer.wrap(preface, 0, common))) {
      throw new TicketException("it is not a hello to a proxy");
    }
    if (input.remaining() < preface.length + 2) {
      return null;
    }
    int length = input.getShort(input.position() + preface.length) & 0xffff;
    if (length > MOST) {
      throw new TicketException("it is longer than a hello can be");
    }
    if (input.remaining() < preface.length + 2 + length) {
      return null;
    }
    ByteBuffer body = input.slice(input.position() + preface.length + 2, length);
    input.position(input.position() + preface.length + 2 + length);
    return parse(body);
  }

  private static ProxyHello parse(ByteBuffer body) throws TicketException {
    try {
      int kind = body.get() & 0xff;
      return switch (kind) {
        case 1 -> new Open(rest(body));
        case 2 -> {
          byte[] proof = new byte[Ed25519.SIGNATURE];
          body.get(proof);
          yield new Resume(rest(body), proof);
        }
        case 3 -> new Renew(rest(body));
        case 16 -> {
          byte[] nonce = rest(body);
          if (nonce.length != NONCE) {
            throw new TicketException("its nonce is not one");
          }
          yield new DialBack(nonce);
        }
        default -> throw new TicketException("it is of a kind that is not known here");
      };
    } catch (BufferUnderflowException e) {
      throw new TicketException("it ends early");
    }
  }

  private static byte[] rest(ByteBuffer body) {
    byte[] rest = new byte[body.remaining()];
    body.get(rest);
    return rest;
  }

  private static byte[] framed(int kind, byte[] first, byte[] second) {
    byte[] preface = preface();
    int length = 1 + first.length + second.length;
    if (length > MOST) {
      throw new IllegalArgumentException("a hello of " + length + " bytes");
    }
    ByteBuffer hello = ByteBuffer.allocate(preface.length + 2 + length);
    hello.put(preface).putShort((short) length).put((byte) kind).put(first).put(second);
    return Arrays.copyOf(hello.array(), hello.position());
  }
}

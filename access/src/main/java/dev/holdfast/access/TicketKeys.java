package dev.holdfast.access;

import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The keys by which a cluster signs tickets: the one that signs now, and those whose tickets still
 * count. Immutable.
 */
public final class TicketKeys {
  /** Keys that are believed at once: those of a change of keys, and of proxies that sign alone. */
  static final int MOST = 64;

  private final TicketKey current;
  private final Map<String, PublicKey> believed = new HashMap<>();

  /**
   * Signs with {@code current}, and believes also the holders of {@code others}.
   *
   * @param others public halves, 32 bytes each
   * @throws TicketException if one of them is no key
   */
  public TicketKeys(TicketKey current, List<byte[]> others) throws TicketException {
    if (others.size() >= MOST) {
      throw new TicketException("there are more than " + MOST + " keys");
    }
    this.current = current;
    believe(current.shown());
    for (byte[] other : others) {
      believe(other);
    }
  }

  /** One key that signs and is believed. */
  public static TicketKeys of(TicketKey current) {
    try {
      return new TicketKeys(current, List.of());
    } catch (TicketException e) {
      throw new IllegalArgumentException("a key that signs is none", e);
    }
  }

  private void believe(byte[] shown) throws TicketException {
    try {
      believed.put(text(TicketKey.name(shown)), Ed25519.publicKey(shown));
    } catch (InvalidKeyException e) {
      throw new TicketException("a key in it is not one");
    }
  }

  /** The ticket as it travels. */
  public byte[] sign(Ticket ticket) {
    return ticket.signed(current);
  }

  /**
   * The ticket that {@code encoded} is, signed by one of these keys; whether it counts is another
   * question.
   *
   * @throws TicketException it is none, or nobody who is believed signed it
   */
  public Ticket verify(byte[] encoded) throws TicketException {
    Ticket.Shown shown = Ticket.read(encoded);
    PublicKey key = believed.get(text(shown.keyName()));
    if (key == null || !shown.isSignedBy(key)) {
      throw new TicketException("nobody of this cluster signed it");
    }
    return shown.ticket();
  }

  private static String text(byte[] name) {
    return HexFormat.of().formatHex(name);
  }
}

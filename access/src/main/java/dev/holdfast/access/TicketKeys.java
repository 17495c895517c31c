package dev.holdfast.access;

import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys by which a cluster signs tickets: the one that signs now, those whose tickets still
 * count, and those that were withdrawn, whose tickets do no more than bring back a stream.
 * Immutable.
 */
public final class TicketKeys {
  /** Keys that are known at once: those of changes of keys, and of proxies that sign alone. */
  public static final int MOST = 64;

  /** None: nobody's ticket is believed, and none can be signed. */
  public static final TicketKeys NONE = new TicketKeys();

  private final @Nullable TicketKey current;
  private final Map<String, PublicKey> believed = new HashMap<>();
  private final Map<String, PublicKey> withdrawn = new HashMap<>();

  private TicketKeys() {
    current = null;
  }

  /**
   * Signs with {@code current}, and believes also the holders of {@code others}.
   *
   * @param others public halves, 32 bytes each
   * @throws TicketException if one of them is no key
   */
  public TicketKeys(TicketKey current, List<byte[]> others) throws TicketException {
    this(current, others, List.of());
  }

  /**
   * The same, and keys that somebody has who may not sign any more.
   *
   * @param withdrawn public halves; their tickets do no more than bring back a stream
   * @throws TicketException if one of them is no key
   */
  public TicketKeys(TicketKey current, List<byte[]> others, List<byte[]> withdrawn)
      throws TicketException {
    if (others.size() + withdrawn.size() >= MOST) {
      throw new TicketException("there are more than " + MOST + " keys");
    }
    this.current = current;
    know(believed, current.shown());
    for (byte[] other : others) {
      know(believed, other);
    }
    for (byte[] other : withdrawn) {
      know(this.withdrawn, other);
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

  private static void know(Map<String, PublicKey> keys, byte[] shown) throws TicketException {
    try {
      keys.put(text(TicketKey.name(shown)), Ed25519.publicKey(shown));
    } catch (InvalidKeyException e) {
      throw new TicketException("a key in it is not one");
    }
  }

  /** Whether there is one that signs. */
  public boolean canSign() {
    return current != null;
  }

  /** The ticket as it travels. */
  public byte[] sign(Ticket ticket) {
    if (current == null) {
      throw new IllegalStateException("there is no key");
    }
    return ticket.signed(current);
  }

  /**
   * A ticket that one of these keys signed.
   *
   * @param onlyReturns whether the key was withdrawn: who has it may have signed anything, so the
   *     ticket brings back a stream, which its node knows, and does nothing else
   */
  public record Signed(Ticket ticket, boolean onlyReturns) {}

  /**
   * The ticket that {@code encoded} is, signed by one of these keys; whether it counts is another
   * question.
   *
   * @throws TicketException it is none, or nobody who is known signed it
   */
  public Signed read(byte[] encoded) throws TicketException {
    Ticket.Shown shown = Ticket.read(encoded);
    String name = text(shown.keyName());
    PublicKey key = believed.get(name);
    PublicKey former = withdrawn.get(name);
    if (key != null && shown.isSignedBy(key)) {
      return new Signed(shown.ticket(), false);
    } else if (former != null && shown.isSignedBy(former)) {
      return new Signed(shown.ticket(), true);
    }
    throw new TicketException("nobody of this cluster signed it");
  }

  private static String text(byte[] name) {
    return HexFormat.of().formatHex(name);
  }
}

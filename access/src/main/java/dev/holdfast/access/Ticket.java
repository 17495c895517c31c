package dev.holdfast.access;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * What a cluster signs and a client shows so that any proxy brings it to its node (PROTOCOL.ticket,
 * section 2).
 *
 * <pre>
 *   u8 version=1 │ key name (8) │ id (16) │ u64 issued │ u64 expires │ u64 renewable │ client key (32)
 *   │ u8 length, user │ u8 length, login │ u8 length, node │ u8 count, networks: u8 prefix, u8 4 or 16, address
 *   │ extensions: u16 type, u16 length, value │ signature (64)
 * </pre>
 *
 * @param id random; its name in logs
 * @param issued when it was first given; renewing keeps it
 * @param expires from then on a proxy asks anew whether the user may
 * @param renewable from then on it is worth nothing
 * @param clientKey the public half of the key that its holder proves itself by
 * @param user of the cluster
 * @param login the user of the node's machine; empty for whichever the node lets in
 * @param node the node's name
 * @param networks of which one must have the client's address; none for any address
 */
public record Ticket(
    byte[] id,
    Instant issued,
    Instant expires,
    Instant renewable,
    byte[] clientKey,
    String user,
    String login,
    String node,
    List<Network> networks) {
  /** Bytes of the longest ticket that is read. */
  public static final int MOST_BYTES = 2048;

  /** Bytes of {@link #id}. */
  static final int ID = 16;

  /** Bytes of a name in UTF-8. */
  static final int MOST_NAME = 255;

  /** Networks of one ticket. */
  static final int MOST_NETWORKS = 16;

  private static final int VERSION = 1;

  public Ticket {
    networks = List.copyOf(networks);
    if (id.length != ID || clientKey.length != Ed25519.KEY) {
      throw new IllegalArgumentException(id.length + " and " + clientKey.length + " bytes");
    }
    if (user.isEmpty() || node.isEmpty() || networks.size() > MOST_NETWORKS) {
      throw new IllegalArgumentException("no user, no node, or too many networks");
    }
    for (String name : List.of(user, login, node)) {
      if (name.getBytes(StandardCharsets.UTF_8).length > MOST_NAME
          || name.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException("a name is too long or no name");
      }
    }
  }

  /** What a ticket is good for at some moment. */
  public enum Standing {
    /** It counts; nobody has to be asked. */
    FRESH,
    /** It counts if whoever decides says so anew. */
    STALE,
    /** It was given in the future: a clock is wrong. */
    EARLY,
    /** It counts no more. */
    OVER,
    /** It does not count from this address. */
    ELSEWHERE
  }

  /** How far clocks of a cluster's machines may be apart. */
  static final int MOST_SKEW_SECONDS = 120;

  /** What it is good for at {@code now}, from {@code address}. */
  public Standing standing(Instant now, InetAddress address) {
    if (issued.isAfter(now.plusSeconds(MOST_SKEW_SECONDS))) {
      return Standing.EARLY;
    }
    if (!now.isBefore(renewable)) {
      return Standing.OVER;
    }
    if (!networks.isEmpty() && networks.stream().noneMatch(it -> it.contains(address))) {
      return Standing.ELSEWHERE;
    }
    return now.isBefore(expires) ? Standing.FRESH : Standing.STALE;
  }

  /** The same for longer. */
  public Ticket renewed(Instant newExpires, Instant newRenewable) {
    return new Ticket(id, issued, newExpires, newRenewable, clientKey, user, login, node, networks);
  }

  /** A name for logs. */
  public String name() {
    return HexFormat.of().formatHex(id, 0, 4);
  }

  /** The ticket as it travels, signed by a key of the cluster. */
  public byte[] signed(TicketKey by) {
    byte[] bare = encoded(TicketKey.name(by.shown()));
    byte[] signature = by.sign(CONTEXT, bare);
    return ByteBuffer.allocate(bare.length + signature.length).put(bare).put(signature).array();
  }

  private byte[] encoded(byte[] keyName) {
    ByteBuffer out = ByteBuffer.allocate(MOST_BYTES);
    out.put((byte) VERSION).put(keyName).put(id);
    out.putLong(issued.getEpochSecond()).putLong(expires.getEpochSecond());
    out.putLong(renewable.getEpochSecond()).put(clientKey);
    for (String name : List.of(user, login, node)) {
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      out.put((byte) bytes.length).put(bytes);
    }
    out.put((byte) networks.size());
    for (Network network : networks) {
      byte[] address = network.address().getAddress();
      out.put((byte) network.prefix()).put((byte) address.length).put(address);
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  // ---- reading ----

  /** What is signed besides, so that a signature for something else is none of a ticket. */
  private static final byte[] CONTEXT = "holdfast ticket v1\0".getBytes(StandardCharsets.US_ASCII);

  /** A ticket that was read and is not believed yet. */
  record Shown(byte[] keyName, Ticket ticket, byte[] signed, byte[] signature) {
    boolean isSignedBy(java.security.PublicKey key) {
      return Ed25519.verifies(key, signature, CONTEXT, signed);
    }
  }

  /**
   * What a ticket says, as its holder reads it: whether anybody believes it is not known.
   *
   * @throws TicketException if it is none
   */
  public static Ticket said(byte[] encoded) throws TicketException {
    return read(encoded).ticket();
  }

  static Shown read(byte[] encoded) throws TicketException {
    if (encoded.length > MOST_BYTES || encoded.length <= Ed25519.SIGNATURE) {
      throw new TicketException("its length is not a ticket's");
    }
    byte[] signed = Arrays.copyOf(encoded, encoded.length - Ed25519.SIGNATURE);
    byte[] signature = Arrays.copyOfRange(encoded, signed.length, encoded.length);
    try {
      ByteBuffer in = ByteBuffer.wrap(signed);
      if (in.get() != VERSION) {
        throw new TicketException("its version is not known here");
      }
      byte[] keyName = take(in, TicketKey.NAME);
      return new Shown(keyName, read(in), signed, signature);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new TicketException("it ends early, or has a value that is none");
    }
  }

  private static Ticket read(ByteBuffer in) throws TicketException {
    byte[] id = take(in, ID);
    Instant issued = instant(in);
    Instant expires = instant(in);
    Instant renewable = instant(in);
    byte[] clientKey = take(in, Ed25519.KEY);
    String user = text(in);
    String login = text(in);
    String node = text(in);
    List<Network> networks = networks(in);
    skipExtensions(in);
    return new Ticket(id, issued, expires, renewable, clientKey, user, login, node, networks);
  }

  private static List<Network> networks(ByteBuffer in) throws TicketException {
    int count = in.get() & 0xff;
    if (count > MOST_NETWORKS) {
      throw new TicketException("it has more than " + MOST_NETWORKS + " networks");
    }
    List<Network> networks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int prefix = in.get() & 0xff;
      byte[] address = take(in, in.get() == 4 ? 4 : 16);
      try {
        networks.add(new Network(InetAddress.getByAddress(address), prefix));
      } catch (UnknownHostException e) {
        throw new TicketException("an address in it is none");
      }
    }
    return networks;
  }

  /** As in hellos of resume v2: a type with its top bit set must be understood. */
  private static void skipExtensions(ByteBuffer in) throws TicketException {
    while (in.hasRemaining()) {
      int type = in.getShort() & 0xffff;
      take(in, in.getShort() & 0xffff);
      if (type >= 0x8000) {
        throw new TicketException("it says something that must be understood and is not");
      }
    }
  }

  /** Seconds since 1970; nothing that a clock could not show. */
  private static Instant instant(ByteBuffer in) throws TicketException {
    long seconds = in.getLong();
    if (seconds < 0 || seconds > Instant.MAX.getEpochSecond()) {
      throw new TicketException("a time in it is none");
    }
    return Instant.ofEpochSecond(seconds);
  }

  private static String text(ByteBuffer in) throws TicketException {
    byte[] bytes = take(in, in.get() & 0xff);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new TicketException("a name in it is not text");
    }
  }

  private static byte[] take(ByteBuffer in, int count) throws TicketException {
    if (in.remaining() < count) {
      throw new TicketException("it ends early");
    }
    byte[] bytes = new byte[count];
    in.get(bytes);
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ticket it
        && Arrays.equals(encoded(new byte[TicketKey.NAME]), it.encoded(new byte[TicketKey.NAME]));
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(id);
  }

  @Override
  public String toString() {
    return "Ticket[" + name() + ", " + user + " to " + login + "@" + node + "]";
  }
}

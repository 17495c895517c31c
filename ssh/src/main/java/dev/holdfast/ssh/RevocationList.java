package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keys and certificates that count no more, as ssh-keygen -k writes them down (PROTOCOL.krl).
 *
 * <pre>
 *   uint64  "SSHKRL\n\0"
 *   uint32  1
 *   uint64  version, uint64 date, uint64 flags
 *   string  reserved, string comment
 *   then sections: byte type, string content
 *     1    certificates: string authority (empty: any), string reserved, then byte type, string content
 *            0x20 serials, each uint64
 *            0x21 uint64 first, uint64 last
 *            0x22 uint64 offset, mpint bitmap: bit n is serial offset + n
 *            0x23 key ids, each a string
 *            0x39 string name, bool critical, string content
 *     2    keys, 3 their SHA-1, 5 their SHA-256: each a string
 *     255  string name, bool critical, string content
 * </pre>
 *
 * <p>What is critical and not known, or of another type, makes the list unusable. Its size bounds
 * all that is kept of it.
 */
final class RevocationList {
  private static final byte[] MAGIC = "SSHKRL\n\0".getBytes(US_ASCII);
  private static final int FORMAT = 1;

  private final Set<SshPublicKey> keys = new HashSet<>();
  private final Set<ByteBuffer> sha1 = new HashSet<>();
  private final Set<ByteBuffer> sha256 = new HashSet<>();
  private final List<Certificates> certificates = new ArrayList<>();

  private RevocationList() {}

  /** Serials from the first to the last, both unsigned and revoked. */
  private record Serials(long first, long last) {
    boolean has(long serial) {
      return Long.compareUnsigned(serial, first) >= 0 && Long.compareUnsigned(serial, last) <= 0;
    }
  }

  /** Serials of which bit n, counted from the lowest, says whether offset + n is revoked. */
  private record Bitmap(long offset, BigInteger bits) {
    boolean has(long serial) {
      long bit = serial - offset;
      return Long.compareUnsigned(serial, offset) >= 0
          && Long.compareUnsigned(bit, bits.bitLength()) < 0
          && bits.testBit((int) bit);
    }
  }

  /** Certificates of one authority, or of any if it is null. */
  private record Certificates(
      @Nullable SshPublicKey authority,
      List<Serials> serials,
      List<Bitmap> bitmaps,
      Set<String> ids) {
    /** Serial 0 is that of certificates without a number, and not looked for. */
    boolean have(UserCertificate one) {
      long serial = one.serial();
      return (authority == null || authority.equals(one.authority()))
          && (ids.contains(one.id())
              || (serial != 0
                  && (serials.stream().anyMatch(range -> range.has(serial))
                      || bitmaps.stream().anyMatch(map -> map.has(serial)))));
    }
  }

  /** Whether a file begins as such lists do. */
  static boolean isOne(byte[] file) {
    return Arrays.equals(Arrays.copyOf(file, MAGIC.length), MAGIC);
  }

  /** One that consists of keys. */
  static RevocationList of(Set<SshPublicKey> keys) {
    RevocationList list = new RevocationList();
    list.keys.addAll(keys);
    return list;
  }

  static RevocationList parse(byte[] file) throws MalformedKeyException {
    Wire wire = new Wire(file);
    if (!isOne(file)) {
      throw new MalformedKeyException("it does not begin as a key revocation list");
    }
    wire.uint64();
    long format = wire.uint32();
    if (format != FORMAT) {
      throw new MalformedKeyException("it is of another format than " + FORMAT);
    }
    wire.uint64();
    wire.uint64();
    wire.uint64();
    wire.string();
    wire.string();
    RevocationList list = new RevocationList();
    while (!wire.isAtEnd()) {
      list.section(wire.uint8(), wire.string());
    }
    return list;
  }

  /** Whether the key itself is revoked; not a certificate. */
  boolean has(SshPublicKey key) {
    return keys.contains(key)
        || (!sha1.isEmpty() && sha1.contains(digest("SHA-1", key)))
        || (!sha256.isEmpty() && sha256.contains(digest("SHA-256", key)));
  }

  /** Whether the certificate, its key or its authority is revoked. */
  boolean has(UserCertificate certificate) {
    return has(certificate.key())
        || has(certificate.authority())
        || certificates.stream().anyMatch(some -> some.have(certificate));
  }

  private void section(int type, byte[] content) throws MalformedKeyException {
    switch (type) {
      case 1 -> certificates.add(certificates(new Wire(content)));
      case 2 -> {
        for (byte[] blob : strings(content)) {
          keys.add(SshPublicKey.of(blob));
        }
      }
      case 3 -> digests(content, 20, sha1);
      case 5 -> digests(content, 32, sha256);
      case 255 -> extension(new Wire(content));
      default -> throw new MalformedKeyException("it has a section of type " + type);
    }
  }

  private static void digests(byte[] content, int length, Set<ByteBuffer> to)
      throws MalformedKeyException {
    for (byte[] digest : strings(content)) {
      if (digest.length != length) {
        throw new MalformedKeyException("a digest in it has " + digest.length + " bytes");
      }
      to.add(ByteBuffer.wrap(digest));
    }
  }

  private static Certificates certificates(Wire wire) throws MalformedKeyException {
    byte[] authority = wire.string();
    wire.string();
    Certificates some =
        new Certificates(
            authority.length == 0 ? null : SshPublicKey.of(authority),
            new ArrayList<>(),
            new ArrayList<>(),
            new HashSet<>());
    while (!wire.isAtEnd()) {
      add(some, wire.uint8(), wire.string());
    }
    return some;
  }

  private static void add(Certificates some, int type, byte[] content)
      throws MalformedKeyException {
    Wire wire = new Wire(content);
    switch (type) {
      case 0x20 -> {
        while (!wire.isAtEnd()) {
          long serial = wire.uint64();
          some.serials.add(new Serials(serial, serial));
        }
      }
      case 0x21 -> {
        some.serials.add(new Serials(wire.uint64(), wire.uint64()));
        wire.end();
      }
      case 0x22 -> {
        some.bitmaps.add(new Bitmap(wire.uint64(), new BigInteger(1, nonEmpty(wire.string()))));
        wire.end();
      }
      case 0x23 -> {
        while (!wire.isAtEnd()) {
          some.ids.add(ByteText.decode(wire.string()));
        }
      }
      case 0x39 -> extension(wire);
      default ->
          throw new MalformedKeyException("it has a section for certificates of type " + type);
    }
  }

  private static byte[] nonEmpty(byte[] number) {
    return number.length == 0 ? new byte[1] : number;
  }

  private static void extension(Wire wire) throws MalformedKeyException {
    wire.string();
    boolean critical = wire.bool();
    wire.string();
    wire.end();
    if (critical) {
      throw new MalformedKeyException("it has a critical extension that is not known here");
    }
  }

  private static List<byte[]> strings(byte[] content) throws MalformedKeyException {
    List<byte[]> all = new ArrayList<>();
    Wire wire = new Wire(content);
    while (!wire.isAtEnd()) {
      all.add(wire.string());
    }
    return all;
  }

  private static ByteBuffer digest(String algorithm, SshPublicKey key) {
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance(algorithm).digest(key.blob()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK lacks " + algorithm, e);
    }
  }
}

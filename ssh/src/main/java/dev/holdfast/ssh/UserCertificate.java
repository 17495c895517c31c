package dev.holdfast.ssh;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An OpenSSH certificate, read and not yet believed (PROTOCOL.certkeys).
 *
 * <pre>
 *   string  type, "ssh-ed25519-cert-v01@openssh.com"
 *   string  nonce
 *   ...     the key's own fields
 *   uint64  serial
 *   uint32  1 for a user, 2 for a host
 *   string  key id
 *   string  principals, each a string
 *   uint64  valid after, uint64 valid before: seconds since 1970
 *   string  critical options, pairs of strings
 *   string  extensions, pairs of strings
 *   string  reserved
 *   string  signature key
 *   string  signature of all before it
 * </pre>
 *
 * @param key what is certified
 * @param user whether it is for a user, else for a host
 * @param serial as a bit pattern
 * @param validAfter seconds since 1970, unsigned
 * @param validBefore seconds since 1970, unsigned
 * @param critical what must be understood
 * @param extensions what may be ignored
 * @param authority the key that signed
 * @param signed the bytes that were signed
 */
record UserCertificate(
    SshPublicKey key,
    boolean user,
    long serial,
    String id,
    List<String> principals,
    long validAfter,
    long validBefore,
    Map<String, byte[]> critical,
    Map<String, byte[]> extensions,
    SshPublicKey authority,
    byte[] signature,
    byte[] signed) {
  /** As with OpenSSH (SSHKEY_CERT_MAX_PRINCIPALS). */
  static final int MOST_PRINCIPALS = 256;

  /** Options of one kind. */
  static final int MOST_OPTIONS = 64;

  static UserCertificate parse(SshPublicKey certificate) throws MalformedKeyException {
    byte[] blob = certificate.blob();
    Wire wire = new Wire(blob);
    String type = wire.text();
    String plain = SshPublicKey.plainType(type);
    if (!certificate.isCertificate() || !SshPublicKey.PLAIN_TYPES.contains(plain)) {
      throw new MalformedKeyException("it is not a certificate of a kind that is known");
    }
    wire.string();
    int keyBegins = wire.offset();
    skipKey(plain, wire);
    SshPublicKey key = key(plain, Arrays.copyOfRange(blob, keyBegins, wire.offset()));
    long serial = wire.uint64();
    boolean user = isUser(wire.uint32());
    String id = wire.text();
    List<String> principals = principals(wire.string());
    long validAfter = wire.uint64();
    long validBefore = wire.uint64();
    Map<String, byte[]> critical = options(wire.string());
    Map<String, byte[]> extensions = options(wire.string());
    wire.string();
    SshPublicKey authority = SshPublicKey.of(wire.string());
    byte[] signed = Arrays.copyOf(blob, wire.offset());
    byte[] signature = wire.string();
    wire.end();
    return new UserCertificate(
        key,
        user,
        serial,
        id,
        principals,
        validAfter,
        validBefore,
        critical,
        extensions,
        authority,
        signature,
        signed);
  }

  /** Whether {@code now} is in its time: not before the one and before the other bound. */
  boolean isValidAt(Instant now) {
    long seconds = now.getEpochSecond();
    return Long.compareUnsigned(seconds, validAfter) >= 0
        && Long.compareUnsigned(seconds, validBefore) < 0;
  }

  private static void skipKey(String plain, Wire wire) throws MalformedKeyException {
    int fields =
        switch (plain) {
          case "ssh-ed25519" -> 1;
          case SshPublicKey.SK_ECDSA -> 3;
          default -> 2;
        };
    for (int i = 0; i < fields; i++) {
      wire.string();
    }
  }

  private static SshPublicKey key(String plain, byte[] fields) {
    byte[] type = Wire.string(plain);
    return new SshPublicKey(
        plain, ByteBuffer.allocate(type.length + fields.length).put(type).put(fields).array());
  }

  private static boolean isUser(long type) throws MalformedKeyException {
    if (type != 1 && type != 2) {
      throw new MalformedKeyException("it is neither for a user nor for a host");
    }
    return type == 1;
  }

  private static List<String> principals(byte[] list) throws MalformedKeyException {
    List<String> principals = new ArrayList<>();
    Wire wire = new Wire(list);
    while (!wire.isAtEnd()) {
      if (principals.size() == MOST_PRINCIPALS) {
        throw new MalformedKeyException("it has more than " + MOST_PRINCIPALS + " principals");
      }
      principals.add(wire.text());
    }
    return List.copyOf(principals);
  }

  private static Map<String, byte[]> options(byte[] list) throws MalformedKeyException {
    Map<String, byte[]> options = new LinkedHashMap<>();
    Wire wire = new Wire(list);
    while (!wire.isAtEnd()) {
      if (options.size() == MOST_OPTIONS) {
        throw new MalformedKeyException("it has more than " + MOST_OPTIONS + " options");
      }
      if (options.put(wire.text(), wire.string()) != null) {
        throw new MalformedKeyException("it has an option twice");
      }
    }
    return options;
  }
}

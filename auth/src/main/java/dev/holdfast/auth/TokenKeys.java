package dev.holdfast.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys on a token, in a session of it: what each object's attributes mean. Confined, as the
 * session is.
 */
record TokenKeys(TokenFunctions token, long session) {
  /** Keys of a token that are looked at. */
  static final int MOST_KEYS = 256;

  private static final long CLASS = 0;
  private static final long ON_TOKEN = 1;
  private static final long PRIVATE = 2;
  private static final long LABEL = 3;
  private static final long ID = 0x102;
  private static final long SENSITIVE = 0x103;
  private static final long SIGNS = 0x108;
  private static final long VERIFIES = 0x10a;
  private static final long EXTRACTABLE = 0x162;
  private static final long EC_PARAMS = 0x180;
  private static final long EC_POINT = 0x181;
  private static final byte[] PUBLIC_KEY = {2, 0, 0, 0, 0, 0, 0, 0};
  private static final byte[] PRIVATE_KEY = {3, 0, 0, 0, 0, 0, 0, 0};
  private static final byte[] YES = {1};
  private static final byte[] NO = {0};

  /** Keys that certificates can be signed with; the best that a token can make is made. */
  enum Sort {
    ED25519(0x1055, 0x1057, "06032b6570", 32),
    ED25519_BY_NAME(0x1055, 0x1057, "130c656477617264733235353139", 32),
    P256(0x1040, 0x1041, "06082a8648ce3d030107", 65);

    private final long makes;
    private final long signs;
    private final String parameters;
    private final int bytes;

    Sort(long makes, long signs, String parameters, int bytes) {
      this.makes = makes;
      this.signs = signs;
      this.parameters = parameters;
      this.bytes = bytes;
    }

    /** Its curve, as CKA_EC_PARAMS has it: an object identifier, or a name. */
    private byte[] curve() {
      return HexFormat.of().parseHex(parameters);
    }
  }

  /**
   * A key.
   *
   * @param id that both of its halves have on the token
   * @param point its public half
   */
  record Found(byte[] id, Sort sort, byte[] point) {}

  /** All keys whose public half is here as well. */
  List<Found> all() throws TokenFailure {
    List<Found> all = new ArrayList<>();
    for (long object : token.find(session, Map.of(CLASS, PUBLIC_KEY), MOST_KEYS)) {
      found(object).ifPresent(all::add);
    }
    return all;
  }

  /** Objects of other kinds, such as keys for RSA, have no such attributes. */
  private Optional<Found> found(long object) throws TokenFailure {
    try {
      byte[] parameters = token.attribute(session, object, EC_PARAMS);
      byte[] point = token.attribute(session, object, EC_POINT);
      byte[] id = token.attribute(session, object, ID);
      for (Sort sort : Sort.values()) {
        if (Arrays.equals(parameters, sort.curve()) && point.length >= sort.bytes) {
          // An OCTET STRING in DER, whose length is one byte here; some give the point alone.
          byte[] last = Arrays.copyOfRange(point, point.length - sort.bytes, point.length);
          return Optional.of(new Found(id, sort, last));
        }
      }
      return Optional.empty();
    } catch (TokenFailure e) {
      if (e.code() == TokenFailure.NO_SUCH_ATTRIBUTE) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Makes a pair of keys, of which the private one can never be read. */
  void make(byte[] id, String label) throws TokenFailure {
    TokenFailure last = new TokenFailure(TokenFailure.GENERAL);
    for (Sort sort : Sort.values()) {
      try {
        token.generate(session, sort.makes, shown(sort, id, label), hidden(id, label));
        return;
      } catch (TokenFailure e) {
        last = e;
      }
    }
    throw last;
  }

  private static Map<Long, byte[]> shown(Sort sort, byte[] id, String label) {
    Map<Long, byte[]> attributes = common(id, label);
    attributes.put(PRIVATE, NO);
    attributes.put(VERIFIES, YES);
    attributes.put(EC_PARAMS, sort.curve());
    return attributes;
  }

  private static Map<Long, byte[]> hidden(byte[] id, String label) {
    Map<Long, byte[]> attributes = common(id, label);
    attributes.put(PRIVATE, YES);
    attributes.put(SENSITIVE, YES);
    attributes.put(EXTRACTABLE, NO);
    attributes.put(SIGNS, YES);
    return attributes;
  }

  private static Map<Long, byte[]> common(byte[] id, String label) {
    Map<Long, byte[]> attributes = new LinkedHashMap<>();
    attributes.put(ON_TOKEN, YES);
    attributes.put(ID, id);
    attributes.put(LABEL, label.getBytes(StandardCharsets.US_ASCII));
    return attributes;
  }

  /** Removes both halves. */
  void discard(byte[] id) throws TokenFailure {
    for (long object : token.find(session, Map.of(ID, id), 2)) {
      token.destroy(session, object);
    }
  }

  /** A signature: 64 bytes for either sort. */
  byte[] sign(Found key, byte[] data) throws TokenFailure {
    List<Long> objects = token.find(session, Map.of(CLASS, PRIVATE_KEY, ID, key.id()), 1);
    if (objects.isEmpty()) {
      throw new TokenFailure(TokenFailure.KEY_MISSING);
    }
    byte[] signed = key.sort() == Sort.P256 ? digest(data) : data;
    return token.sign(session, objects.getFirst(), key.sort().signs, signed);
  }

  private static byte[] digest(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}

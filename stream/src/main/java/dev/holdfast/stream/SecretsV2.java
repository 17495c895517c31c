package dev.holdfast.stream;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What both ends of a stream know and nobody else: one generation of it (PROTOCOL.resume-v2,
 * section 4).
 *
 * <p>HKDF-SHA-256 (RFC 5869) makes from it a name for the stream and a key for each side's proofs.
 * The name changes with each generation, so an onlooker can't tell that two connections carry the
 * same stream. Immutable; prints nothing.
 */
final class SecretsV2 {
  /** Bytes of a stream's name. */
  static final int ID = 16;

  /** Bytes of a proof: HMAC-SHA-256. */
  static final int PROOF = 32;

  private final byte[] root;
  private final StreamId id;
  private final SecretKey clientKey;
  private final SecretKey serverKey;

  private SecretsV2(byte[] root) {
    this.root = root;
    this.id = new StreamId(expand("id", ID));
    this.clientKey = new SecretKeySpec(expand("client", PROOF), "HmacSHA256");
    this.serverKey = new SecretKeySpec(expand("server", PROOF), "HmacSHA256");
  }

  /**
   * The first generation: from the key agreement of the opening, bound to all that was said in it.
   */
  static SecretsV2 first(byte[] agreed, byte[] transcriptHash) {
    return new SecretsV2(extract(transcriptHash, agreed));
  }

  /** The generation after a resume: needs this one and the key agreement of that resume. */
  SecretsV2 next(byte[] agreed, byte[] transcriptHash) {
    byte[] both = Arrays.copyOf(root, root.length + agreed.length);
    System.arraycopy(agreed, 0, both, root.length, agreed.length);
    return new SecretsV2(extract(transcriptHash, both));
  }

  /** A generation handed over by another process of the same service. */
  static SecretsV2 restored(byte[] root) {
    return new SecretsV2(root.clone());
  }

  /** What a process hands over to its successor: secret. */
  byte[] root() {
    return root.clone();
  }

  StreamId id() {
    return id;
  }

  /** The client's proof over {@code said}. */
  byte[] clientProof(byte[]... said) {
    return proof(clientKey, said);
  }

  /** The server's proof over {@code said}. */
  byte[] serverProof(byte[]... said) {
    return proof(serverKey, said);
  }

  /** Compares two proofs in constant time. */
  static boolean same(byte[] one, byte[] other) {
    return MessageDigest.isEqual(one, other);
  }

  /** SHA-256 over the concatenation of {@code said}. */
  static byte[] hash(byte[]... said) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : said) {
        digest.update(part);
      }
      return digest.digest();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }

  private static byte[] proof(SecretKey key, byte[]... said) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      for (byte[] part : said) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has HMAC-SHA-256", e);
    }
  }

  private static byte[] extract(byte[] salt, byte[] material) {
    return derive(HKDFParameterSpec.ofExtract().addSalt(salt).addIKM(material).extractOnly());
  }

  private byte[] expand(String label, int bytes) {
    SecretKey key = new SecretKeySpec(root, "HKDF");
    byte[] info = ("holdfast resume-v2 " + label).getBytes(StandardCharsets.US_ASCII);
    return derive(HKDFParameterSpec.expandOnly(key, info, bytes));
  }

  private static byte[] derive(HKDFParameterSpec spec) {
    try {
      return KDF.getInstance("HKDF-SHA256").deriveData(spec);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java 25 runtime has HKDF-SHA256", e);
    }
  }
}

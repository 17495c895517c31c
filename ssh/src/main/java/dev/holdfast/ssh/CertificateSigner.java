package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.util.Arrays;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;

/**
 * The key of an authority as it is used: what it is called, and signatures as SSH writes them,
 * wherever its private half is. What it signed is checked before anybody sees it. As thread-safe as
 * what signs.
 */
public final class CertificateSigner {
  static final String ED25519 = "ssh-ed25519";

  private static final String P256 = "ecdsa-sha2-nistp256";
  private static final int HALF = 32;

  private final SshPublicKey key;
  private final Raw raw;

  /** What signs, without SSH's words around it. */
  @FunctionalInterface
  public interface Raw {
    /**
     * Signs.
     *
     * @throws IOException with a sentence, if it can't now
     */
    byte[] sign(byte[] data) throws IOException;
  }

  private CertificateSigner(SshPublicKey key, Raw raw) {
    this.key = key;
    this.raw = raw;
  }

  /** A key for Ed25519 that is in memory. */
  public static CertificateSigner of(KeyPair pair) {
    SshPublicKey key = SshKeys.wire(pair.getPublic());
    if (!key.type().equals(ED25519)) {
      throw new IllegalArgumentException("an authority with a key of type " + key.type());
    }
    return new CertificateSigner(key, data -> sign(pair, data));
  }

  private static byte[] sign(KeyPair pair, byte[] data) {
    try {
      Signature signer = BuiltinSignatures.ed25519.create();
      signer.initSigner(null, pair.getPrivate());
      signer.update(null, data);
      return signer.sign(null);
    } catch (Exception e) {
      throw new IllegalStateException("the authority's key can't sign", e);
    }
  }

  /**
   * A key for Ed25519 that is somewhere else (RFC 8709).
   *
   * @param point its public half, 32 bytes
   * @param raw makes 64 bytes
   */
  public static CertificateSigner ed25519(byte[] point, Raw raw) {
    return new CertificateSigner(key(ED25519, point), raw);
  }

  /**
   * A key for ECDSA on P-256 that is somewhere else (RFC 5656 3.1).
   *
   * @param point its public half, not compressed, 65 bytes
   * @param raw makes r and s, 32 bytes each, of the data's SHA-256
   */
  public static CertificateSigner p256(byte[] point, Raw raw) {
    return new CertificateSigner(
        key(P256, "nistp256".getBytes(US_ASCII), point), data -> numbers(raw.sign(data)));
  }

  private static SshPublicKey key(String type, byte[]... parts) {
    return new SshPublicKey(type, strings(type.getBytes(US_ASCII), parts));
  }

  private static byte[] strings(byte[] first, byte[]... others) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(Wire.string(first));
    for (byte[] other : others) {
      all.writeBytes(Wire.string(other));
    }
    return all.toByteArray();
  }

  private static byte[] numbers(byte[] both) {
    return strings(
        number(Arrays.copyOfRange(both, 0, HALF)),
        number(Arrays.copyOfRange(both, HALF, 2 * HALF)));
  }

  private static byte[] number(byte[] unsigned) {
    return new BigInteger(1, unsigned).toByteArray();
  }

  /** The public half. */
  public SshPublicKey key() {
    return key;
  }

  /** Whether certificates can be signed by such a key. */
  public boolean isUsable() {
    return SignatureCheck.isUsable(key);
  }

  /** A signature of the data (RFC 4253 6.6). */
  byte[] sign(byte[] data) throws IOException {
    byte[] signature = strings(key.type().getBytes(US_ASCII), raw.sign(data));
    if (SignatureCheck.verify(key, key.type(), data, signature)
        instanceof SignatureCheck.Outcome.Bad) {
      throw new IOException(
          "The key %s of an authority made a wrong signature; have it looked at."
              .formatted(key.fingerprint()));
    }
    return signature;
  }

  @Override
  public String toString() {
    return "CertificateSigner[" + key.fingerprint() + "]";
  }
}

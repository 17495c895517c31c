package dev.holdfast.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * Seals the private halves of keys of tickets for the database: by AES-256 in GCM (NIST SP
 * 800-38D), with a key made by HKDF (RFC 5869) of the private key of the cluster's host authority,
 * or of a secret beside it if that is on a token; either is in a file of each auth service and
 * never in the database. Stateless.
 */
final class TicketSeal {
  private static final byte[] INFO =
      "holdfast ticket keys v1\0".getBytes(StandardCharsets.US_ASCII);

  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;
  private static final int KEY_BYTES = 32;

  private TicketSeal() {}

  /**
   * A sealed key.
   *
   * @param shown the public half in base64
   * @param text the private half, sealed, in base64
   * @param by the fingerprint of the authority
   */
  record Sealed(String shown, String text, String by) {
    @Override
    public String toString() {
      return "Sealed[" + shown + "]";
    }
  }

  /** A key whose private half is {@code secret}, sealed for an authority. */
  static Sealed seal(
      byte[] shown, byte[] secret, byte[] root, String fingerprint, SecureRandom random) {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, root, nonce, shown).doFinal(secret);
      byte[] all = ByteBuffer.allocate(nonce.length + sealed.length).put(nonce).put(sealed).array();
      return new Sealed(base64(shown), base64(all), fingerprint);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has AES and HKDF", e);
    }
  }

  /**
   * The private half.
   *
   * @throws GeneralSecurityException it was sealed for another authority, or is not whole
   */
  static byte[] open(byte[] shown, String sealed, byte[] root) throws GeneralSecurityException {
    byte[] all = Base64.getDecoder().decode(sealed);
    if (all.length <= NONCE) {
      throw new GeneralSecurityException("too short");
    }
    byte[] nonce = Arrays.copyOf(all, NONCE);
    return cipher(Cipher.DECRYPT_MODE, root, nonce, shown).doFinal(all, NONCE, all.length - NONCE);
  }

  private static Cipher cipher(int mode, byte[] root, byte[] nonce, byte[] shown)
      throws GeneralSecurityException {
    SecretKey key =
        KDF.getInstance("HKDF-SHA256")
            .deriveKey(
                "AES", HKDFParameterSpec.ofExtract().addIKM(root).thenExpand(INFO, KEY_BYTES));
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(shown);
    return cipher;
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}

package dev.holdfast.auth;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Optional;

/**
 * The signatures of ID tokens that are believed (RFC 7518 3.1, RFC 8037): all have a private half
 * that only the provider knows. {@code none} is none of them, nor are those of HMAC, whose key
 * clients know.
 */
enum SigningAlgorithm {
  RS256("RS256", "RSA", "SHA256withRSA"),
  PS256("PS256", "RSA", "RSASSA-PSS"),
  ES256("ES256", "EC", "SHA256withECDSAinP1363Format"),
  EDDSA("EdDSA", "OKP", "Ed25519");

  private static final int SALT_BYTES = 32;

  private final String word;
  private final String keyType;
  private final String name;

  SigningAlgorithm(String word, String keyType, String name) {
    this.word = word;
    this.keyType = keyType;
    this.name = name;
  }

  /** The one that a header names. */
  static Optional<SigningAlgorithm> of(String word) {
    for (SigningAlgorithm one : values()) {
      if (one.word.equals(word)) {
        return Optional.of(one);
      }
    }
    return Optional.empty();
  }

  /** As headers and keys name it. */
  String word() {
    return word;
  }

  /** The {@code kty} of its keys. */
  String keyType() {
    return keyType;
  }

  boolean verifies(PublicKey key, byte[] signed, byte[] signature) {
    try {
      Signature check = Signature.getInstance(name);
      if (this == PS256) {
        check.setParameter(
            new PSSParameterSpec(
                "SHA-256",
                "MGF1",
                MGF1ParameterSpec.SHA256,
                SALT_BYTES,
                PSSParameterSpec.TRAILER_FIELD_BC));
      }
      check.initVerify(key);
      check.update(signed);
      return check.verify(signature);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}

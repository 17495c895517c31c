package dev.holdfast.ssh;

import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Set;
import org.apache.sshd.common.config.keys.u2f.SkED25519PublicKey;
import org.apache.sshd.common.config.keys.u2f.SkEcdsaPublicKey;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** Verifies signatures as SSH writes them, by the SSH library's cryptography. */
final class SignatureCheck {
  /** User presence: somebody touched the authenticator (PROTOCOL.u2f). */
  static final int TOUCHED = 0x01;

  /** User verification: by PIN or biometrics. */
  static final int VERIFIED = 0x04;

  private static final Set<String> RSA_ALGORITHMS = Set.of("rsa-sha2-256", "rsa-sha2-512");

  private SignatureCheck() {}

  /** What a signature proves. */
  sealed interface Outcome {
    /** Nothing. */
    record Bad() implements Outcome {}

    /**
     * That the key signed.
     *
     * @param flags of an authenticator; 0 for other keys
     */
    record Good(int flags) implements Outcome {}
  }

  /** Whether keys of {@code type} sign by {@code algorithm}; SHA-1 is none (RFC 8332). */
  static boolean isAlgorithmOf(String type, String algorithm) {
    return type.equals(SshPublicKey.RSA)
        ? RSA_ALGORITHMS.contains(algorithm)
        : SshPublicKey.PLAIN_TYPES.contains(type) && type.equals(algorithm);
  }

  /** The algorithm that signatures are made by where a certificate is shown by {@code name}. */
  static String plainAlgorithm(String name) {
    return SshPublicKey.plainType(name);
  }

  /** The algorithm that a signature says that it was made by. */
  static String algorithm(byte[] signature) throws MalformedKeyException {
    return new Wire(signature).text();
  }

  /** Whether the key is one: its bytes are right, and it is long enough to prove something. */
  static boolean isUsable(SshPublicKey key) {
    try {
      publicKey(key);
      return true;
    } catch (MalformedKeyException e) {
      return false;
    }
  }

  /** Whether {@code signature} of {@code data} was made by {@code key} with {@code algorithm}. */
  static Outcome verify(SshPublicKey key, String algorithm, byte[] data, byte[] signature) {
    try {
      if (!isAlgorithmOf(key.type(), algorithm) || !algorithm(signature).equals(algorithm)) {
        return new Outcome.Bad();
      }
      int flags = key.isSecurityKey() ? flags(signature) : 0;
      Signature verifier = verifier(algorithm);
      verifier.initVerifier(null, publicKey(key));
      verifier.update(null, data);
      return verifier.verify(null, signature) ? new Outcome.Good(flags) : new Outcome.Bad();
    } catch (Exception e) {
      // Whatever the cryptography says of a stranger's bytes: they prove nothing.
      return new Outcome.Bad();
    }
  }

  private static Signature verifier(String algorithm) throws MalformedKeyException {
    BuiltinSignatures known = BuiltinSignatures.fromFactoryName(algorithm);
    if (known == null) {
      throw new MalformedKeyException("its algorithm is not known");
    }
    return known.create();
  }

  /** PROTOCOL.u2f: string algorithm, string signature, byte flags, uint32 counter. */
  private static int flags(byte[] signature) throws MalformedKeyException {
    Wire wire = new Wire(signature);
    wire.text();
    wire.string();
    int flags = wire.uint8();
    wire.uint32();
    wire.end();
    return flags;
  }

  static PublicKey publicKey(SshPublicKey key) throws MalformedKeyException {
    if (!SshPublicKey.PLAIN_TYPES.contains(key.type())) {
      throw new MalformedKeyException("its type is not known");
    }
    ByteArrayBuffer buffer = new ByteArrayBuffer(key.blob());
    PublicKey found;
    try {
      found = buffer.getRawPublicKey();
    } catch (Exception e) {
      throw new MalformedKeyException("it is not a key of its type");
    }
    if (buffer.available() > 0 || !isStrong(found)) {
      throw new MalformedKeyException("it is too short or too long");
    }
    return withoutTouch(found);
  }

  private static boolean isStrong(PublicKey key) {
    return !(key instanceof RSAPublicKey rsa)
        || (rsa.getModulus().bitLength() >= SshKeys.LEAST_RSA_BITS
            && rsa.getModulus().bitLength() <= SshKeys.MOST_RSA_BITS
            && rsa.getPublicExponent().bitLength() <= SshKeys.MOST_RSA_EXPONENT_BITS);
  }

  /** MINA would ask for a touch always; here the flags are the caller's to judge. */
  private static PublicKey withoutTouch(PublicKey key) {
    return switch (key) {
      case SkED25519PublicKey sk ->
          new SkED25519PublicKey(sk.getAppName(), true, false, sk.getDelegatePublicKey());
      case SkEcdsaPublicKey sk ->
          new SkEcdsaPublicKey(sk.getAppName(), true, false, sk.getDelegatePublicKey());
      default -> key;
    };
  }
}

package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** A FIDO authenticator in memory (PROTOCOL.u2f), for Ed25519 or the curve P-256. */
final class Fido {
  private static final String APPLICATION = "ssh:";
  private static final int COUNTER = 7;

  private final boolean edwards;
  private final KeyPair pair;

  private Fido(boolean edwards, KeyPair pair) {
    this.edwards = edwards;
    this.pair = pair;
  }

  static Fido ed25519() throws GeneralSecurityException {
    return new Fido(true, KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
  }

  static Fido ecdsa() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return new Fido(false, generator.generateKeyPair());
  }

  String type() {
    return edwards ? SshPublicKey.SK_ED25519 : SshPublicKey.SK_ECDSA;
  }

  SshPublicKey key() throws MalformedKeyException {
    ByteArrayBuffer blob = new ByteArrayBuffer();
    blob.putString(type());
    if (edwards) {
      byte[] encoded = pair.getPublic().getEncoded();
      blob.putBytes(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length));
    } else {
      blob.putString("nistp256");
      blob.putBytes(point());
    }
    blob.putString(APPLICATION);
    return SshPublicKey.of(blob.getCompactData());
  }

  /** A signature of {@code data} for which the authenticator claims {@code flags}. */
  byte[] sign(byte[] data, int flags) throws GeneralSecurityException {
    ByteBuffer message =
        ByteBuffer.allocate(32 + 1 + 4 + 32)
            .put(sha256(APPLICATION.getBytes(UTF_8)))
            .put((byte) flags)
            .putInt(COUNTER)
            .put(sha256(data));
    ByteArrayBuffer signature = new ByteArrayBuffer();
    signature.putString(type());
    signature.putBytes(inner(message.array()));
    signature.putByte((byte) flags);
    signature.putUInt(COUNTER);
    return signature.getCompactData();
  }

  private byte[] inner(byte[] message) throws GeneralSecurityException {
    Signature signer = Signature.getInstance(edwards ? "Ed25519" : "SHA256withECDSAinP1363Format");
    signer.initSign(pair.getPrivate());
    signer.update(message);
    byte[] signature = signer.sign();
    if (edwards) {
      return signature;
    }
    ByteArrayBuffer numbers = new ByteArrayBuffer();
    numbers.putMPInt(new BigInteger(1, Arrays.copyOf(signature, 32)));
    numbers.putMPInt(new BigInteger(1, Arrays.copyOfRange(signature, 32, 64)));
    return numbers.getCompactData();
  }

  private byte[] point() {
    ECPublicKey key = (ECPublicKey) pair.getPublic();
    return ByteBuffer.allocate(65)
        .put((byte) 4)
        .put(fixed(key.getW().getAffineX()))
        .put(fixed(key.getW().getAffineY()))
        .array();
  }

  private static byte[] fixed(BigInteger number) {
    byte[] bytes = number.toByteArray();
    byte[] fixed = new byte[32];
    int count = Math.min(32, bytes.length);
    System.arraycopy(bytes, bytes.length - count, fixed, 32 - count, count);
    return fixed;
  }

  private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }
}

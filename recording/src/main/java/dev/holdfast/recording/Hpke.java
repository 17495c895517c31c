package dev.holdfast.recording;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.holdfast.access.Recipient;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.DecapsulateException;
import javax.crypto.KDF;
import javax.crypto.KEM;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A message to the holder of one key, who can't be told who sent it: HPKE in base mode with
 * DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM (RFC 9180). The runtime's KEM does the
 * curve; here is the key schedule (5.1), for one message.
 */
final class Hpke {
  /** Bytes of what a recipient needs beside the message. */
  static final int ENCAPSULATED = 32;

  /** Bytes by which a message becomes longer. */
  static final int TAG = 16;

  private static final int KEY = 32;
  private static final int NONCE = 12;

  /** "HPKE" and the numbers of the three: 7.1, 7.2, 7.3. */
  private static final byte[] SUITE =
      ByteBuffer.allocate(10)
          .put("HPKE".getBytes(US_ASCII))
          .put(HexFormat.of().parseHex("002000010002"))
          .array();

  private static final byte[] VERSION = "HPKE-v1".getBytes(US_ASCII);
  private static final byte[] NOTHING = {};

  private Hpke() {}

  /**
   * A message that is sealed.
   *
   * @param encapsulated what the recipient needs beside it
   */
  record Sealed(byte[] encapsulated, byte[] message) {}

  /** Seals a message. */
  static Sealed seal(Recipient recipient, byte[] about, byte[] beside, byte[] message) {
    try {
      KEM.Encapsulated made = kem().newEncapsulator(recipient.publicKey()).encapsulate();
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, made.key(), about);
      cipher.updateAAD(beside);
      return new Sealed(made.encapsulation(), cipher.doFinal(message));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a recipient is a key that can be encrypted to", e);
    }
  }

  /** Opens it; nothing if it was not sealed so, or to somebody else. */
  static Optional<byte[]> open(ReadingKey key, byte[] about, byte[] beside, Sealed sealed) {
    try {
      SecretKey shared = kem().newDecapsulator(key.key()).decapsulate(sealed.encapsulated);
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, shared, about);
      cipher.updateAAD(beside);
      return Optional.of(cipher.doFinal(sealed.message));
    } catch (DecapsulateException | AEADBadTagException | InvalidKeyException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has HPKE's parts", e);
    }
  }

  private static KEM kem() throws GeneralSecurityException {
    return KEM.getInstance("DHKEM");
  }

  private static Cipher cipher(int mode, SecretKey shared, byte[] about)
      throws GeneralSecurityException {
    byte[] context =
        join(
            new byte[] {0},
            extract(NOTHING, "psk_id_hash", NOTHING),
            extract(NOTHING, "info_hash", about));
    byte[] secret = extract(shared.getEncoded(), "secret", NOTHING);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode,
        new SecretKeySpec(expand(secret, "key", context, KEY), "AES"),
        new GCMParameterSpec(8 * TAG, expand(secret, "base_nonce", context, NONCE)));
    return cipher;
  }

  /** LabeledExtract of RFC 9180 4. */
  private static byte[] extract(byte[] salt, String label, byte[] material)
      throws GeneralSecurityException {
    byte[] labeled = join(VERSION, SUITE, label.getBytes(US_ASCII), material);
    return kdf()
        .deriveData(HKDFParameterSpec.ofExtract().addSalt(salt).addIKM(labeled).extractOnly());
  }

  /** LabeledExpand of RFC 9180 4. */
  private static byte[] expand(byte[] secret, String label, byte[] context, int length)
      throws GeneralSecurityException {
    byte[] size = ByteBuffer.allocate(2).putShort((short) length).array();
    byte[] labeled = join(size, VERSION, SUITE, label.getBytes(US_ASCII), context);
    return kdf()
        .deriveData(
            HKDFParameterSpec.expandOnly(new SecretKeySpec(secret, "HKDF"), labeled, length));
  }

  private static KDF kdf() throws GeneralSecurityException {
    return KDF.getInstance("HKDF-SHA256");
  }

  private static byte[] join(byte[]... all) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] one : all) {
      joined.writeBytes(one);
    }
    return joined.toByteArray();
  }
}

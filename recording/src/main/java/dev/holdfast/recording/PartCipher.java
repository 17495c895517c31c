package dev.holdfast.recording;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The key of one part's blocks: AES-256-GCM (NIST SP 800-38D). Confined to one thread. */
final class PartCipher {
  /** Bytes of the key. */
  static final int KEY = 32;

  /** Bytes by which a block becomes longer. */
  static final int TAG = 16;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final SecretKeySpec key;

  /** The one with this key. */
  PartCipher(byte[] key) {
    this.key = new SecretKeySpec(key, "AES");
  }

  /** A key that nothing was encrypted by. */
  static byte[] newKey() {
    byte[] made = new byte[KEY];
    RANDOM.nextBytes(made);
    return made;
  }

  /**
   * Encrypts a block's payload.
   *
   * @param sequence of the block; no other of this key has it
   * @param beside what stands before it
   */
  byte[] seal(long sequence, byte[] beside, byte[] payload) {
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, sequence);
      cipher.updateAAD(beside);
      return cipher.doFinal(payload);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has AES", e);
    }
  }

  /** What was encrypted so; nothing if it was not. */
  Optional<byte[]> open(long sequence, byte[] beside, byte[] payload) {
    try {
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, sequence);
      cipher.updateAAD(beside);
      return Optional.of(cipher.doFinal(payload));
    } catch (AEADBadTagException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java runtime has AES", e);
    }
  }

  private Cipher cipher(int mode, long sequence) throws GeneralSecurityException {
    byte[] nonce = ByteBuffer.allocate(12).putInt(0).putLong(sequence).array();
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(8 * TAG, nonce));
    return cipher;
  }
}

package dev.holdfast.ssh;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.ChaCha20ParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.apache.sshd.common.cipher.ChaCha20Cipher;
import org.apache.sshd.common.mac.Mac;

/**
 * {@code chacha20-poly1305@openssh.com} (OpenSSH's PROTOCOL.chacha20poly1305): the JDK's ChaCha20,
 * which uses the processor's vectors, for all but short packets, and {@link Poly1305}. MINA's own,
 * byte by byte, is for lengths, keys of tags and packets for which the JDK's would not be ready
 * sooner.
 *
 * <p>Confined to one direction of one connection, whose lock is held.
 */
final class FastChaCha20 extends ChaCha20Cipher {
  /** Bytes from which on the JDK's cipher, which has to be set up for each packet, is faster. */
  static final int WORTH_VECTORS = 512;

  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;

  /** The block behind the one whose beginning is the tag's key. */
  private static final int FIRST_BLOCK = 1;

  private final Stream lengths = new Stream();
  private final Stream bodies = new Stream();
  private final Poly1305 tags = new Poly1305();
  private final byte[] nonce = new byte[NONCE_BYTES];
  private final byte[] tag = new byte[Poly1305.TAG_BYTES];
  private final Cipher vectors;
  private SecretKey key = new SecretKeySpec(new byte[KEY_BYTES], "ChaCha20");

  FastChaCha20() {
    try {
      vectors = Cipher.getInstance("ChaCha20");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no ChaCha20", e);
    }
  }

  /** MINA's key stream of one of the two keys, by packets. */
  private static final class Stream extends ChaChaEngine {
    void begin(byte[] key, byte[] sequenceNumber) {
      initKey(key);
      initNonce(sequenceNumber);
      initCounter(0);
    }

    void nextPacket() {
      advanceNonce();
      initCounter(0);
    }

    /** Leaves the counter at the first block of the body. */
    byte[] tagKey() {
      return polyKey();
    }

    void crypt(byte[] bytes, int offset, int length) {
      crypt(bytes, offset, length, bytes, offset);
    }

    long packet() {
      return nonceVal;
    }
  }

  @Override
  public void init(Mode mode, byte[] keys, byte[] sequenceNumber) throws Exception {
    this.mode = mode;
    byte[] body = Arrays.copyOf(keys, KEY_BYTES);
    key = new SecretKeySpec(body, "ChaCha20");
    bodies.begin(body, sequenceNumber);
    tags.init(bodies.tagKey());
    lengths.begin(Arrays.copyOfRange(keys, KEY_BYTES, 2 * KEY_BYTES), sequenceNumber);
  }

  @Override
  public void updateAAD(byte[] bytes, int offset, int length) {
    if (mode == Mode.Decrypt) {
      tags.update(bytes, offset, length);
    }
    lengths.crypt(bytes, offset, length);
    if (mode == Mode.Encrypt) {
      tags.update(bytes, offset, length);
    }
  }

  @Override
  public void update(byte[] bytes, int offset, int length) throws Exception {
    if (mode == Mode.Decrypt) {
      tags.update(bytes, offset, length);
      tags.finish(tag, 0);
      if (!Mac.equals(bytes, offset + length, tag, 0, tag.length)) {
        throw new AEADBadTagException("the tag of a packet is wrong");
      }
    }
    crypt(bytes, offset, length);
    if (mode == Mode.Encrypt) {
      tags.update(bytes, offset, length);
      tags.finish(bytes, offset + length);
    }
    lengths.nextPacket();
    bodies.nextPacket();
    tags.init(bodies.tagKey());
  }

  private void crypt(byte[] bytes, int offset, int length) throws GeneralSecurityException {
    if (length < WORTH_VECTORS) {
      bodies.crypt(bytes, offset, length);
      return;
    }
    long packet = bodies.packet();
    for (int i = 0; i < Integer.BYTES; i++) {
      nonce[NONCE_BYTES - 1 - i] = (byte) (packet >>> (Byte.SIZE * i));
    }
    // A key stream is the same in both directions; this one allows the nonce of the last packet to
    // come again, which after 2^32 of them the streams above do not.
    vectors.init(Cipher.DECRYPT_MODE, key, new ChaCha20ParameterSpec(nonce, FIRST_BLOCK));
    vectors.doFinal(bytes, offset, length, bytes, offset);
  }
}

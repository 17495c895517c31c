package dev.holdfast.ssh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import javax.crypto.AEADBadTagException;
import org.apache.sshd.common.cipher.ChaCha20Cipher;
import org.apache.sshd.common.cipher.Cipher;
import org.junit.jupiter.api.Test;

/** {@link FastChaCha20} against MINA's own and against itself. */
class FastChaCha20Test {
  private static final int LENGTH = Integer.BYTES;
  private static final int PACKETS = 3;

  private final Random random = new Random(20);

  @Test
  void encryptsEveryLengthAsMinasOwnCipherDoes() throws Exception {
    for (int length = 0; length < 2 * FastChaCha20.WORTH_VECTORS; length++) {
      compare(length);
    }
    compare(32 * 1024);
    compare(255 * 1024);
  }

  private void compare(int length) throws Exception {
    byte[] keys = bytes(64);
    byte[] first = sequenceNumber(random.nextInt());
    Cipher theirs = begun(new ChaCha20Cipher(), Cipher.Mode.Encrypt, keys, first);
    Cipher ours = begun(new FastChaCha20(), Cipher.Mode.Encrypt, keys, first);
    Cipher back = begun(new FastChaCha20(), Cipher.Mode.Decrypt, keys, first);
    for (int i = 0; i < PACKETS; i++) {
      byte[] plain = bytes(LENGTH + length + Poly1305.TAG_BYTES);
      byte[] expected = plain.clone();
      byte[] packet = plain.clone();
      theirs.updateWithAAD(expected, 0, LENGTH, length);
      ours.updateWithAAD(packet, 0, LENGTH, length);
      assertArrayEquals(expected, packet, length + " bytes, packet " + i);
      back.updateWithAAD(packet, 0, LENGTH, length);
      assertArrayEquals(
          Arrays.copyOf(plain, LENGTH + length), Arrays.copyOf(packet, LENGTH + length));
    }
  }

  @Test
  void goesOnWhereSequenceNumbersBeginAgain() throws Exception {
    byte[] keys = bytes(64);
    byte[] last = sequenceNumber(-1);
    Cipher ours = begun(new FastChaCha20(), Cipher.Mode.Encrypt, keys, last);
    Cipher back = begun(new FastChaCha20(), Cipher.Mode.Decrypt, keys, last);
    for (int i = 0; i < PACKETS; i++) {
      byte[] plain = bytes(LENGTH + 1000 + Poly1305.TAG_BYTES);
      byte[] packet = plain.clone();
      ours.updateWithAAD(packet, 0, LENGTH, 1000);
      back.updateWithAAD(packet, 0, LENGTH, 1000);
      assertArrayEquals(Arrays.copyOf(plain, 1004), Arrays.copyOf(packet, 1004));
    }
  }

  @Test
  void refusesAPacketOfWhichOneBitWasChanged() throws Exception {
    for (int length : new int[] {16, 2000}) {
      for (int at : new int[] {0, 3, LENGTH, LENGTH + length - 1, LENGTH + length + 15}) {
        byte[] keys = bytes(64);
        byte[] packet = bytes(LENGTH + length + Poly1305.TAG_BYTES);
        byte[] first = sequenceNumber(7);
        begun(new FastChaCha20(), Cipher.Mode.Encrypt, keys, first)
            .updateWithAAD(packet, 0, LENGTH, length);
        packet[at] ^= 1;
        Cipher back = begun(new FastChaCha20(), Cipher.Mode.Decrypt, keys, first);
        assertThrows(
            AEADBadTagException.class, () -> back.updateWithAAD(packet, 0, LENGTH, length));
      }
    }
  }

  private static Cipher begun(Cipher cipher, Cipher.Mode mode, byte[] keys, byte[] first)
      throws Exception {
    cipher.init(mode, keys.clone(), first.clone());
    return cipher;
  }

  private static byte[] sequenceNumber(int number) {
    return new byte[] {
      0, 0, 0, 0, (byte) (number >> 24), (byte) (number >> 16), (byte) (number >> 8), (byte) number
    };
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}

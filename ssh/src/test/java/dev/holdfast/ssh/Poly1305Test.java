package dev.holdfast.ssh;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@link Poly1305} against the vectors of RFC 8439 and against arithmetic without limbs. */
class Poly1305Test {
  private static final BigInteger MODULUS = BigInteger.TWO.pow(130).subtract(BigInteger.valueOf(5));
  private static final BigInteger CLAMP = new BigInteger("0ffffffc0ffffffc0ffffffc0fffffff", 16);
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void tagsTheExampleOfRfc8439() {
    byte[] key = HEX.parseHex("85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b");
    byte[] message = "Cryptographic Forum Research Group".getBytes(StandardCharsets.US_ASCII);
    assertEquals("a8061dc1305136c6c22b8baf0c0127a9", HEX.formatHex(tag(key, message)));
  }

  /** RFC 8439 A.3, vectors 7 to 11: sums at the modulus and just above it. */
  @ParameterizedTest
  @CsvSource({
    "02,00,ffffffffffffffffffffffffffffffff,03000000000000000000000000000000",
    "02,ff,02000000000000000000000000000000,03000000000000000000000000000000",
    "01,00,fffffffffffffffffffffffffffffffff0ffffffffffffffffffffffffffffff11000000000000000000000000000000,05000000000000000000000000000000",
    "01,00,fffffffffffffffffffffffffffffffffbfefefefefefefefefefefefefefefe01010101010101010101010101010101,00000000000000000000000000000000",
    "02,00,fdffffffffffffffffffffffffffffff,faffffffffffffffffffffffffffffff"
  })
  void reducesAtTheModulus(String r, String pad, String message, String tag) {
    byte[] key = HEX.parseHex(r + "00".repeat(15) + pad.repeat(16));
    assertEquals(tag, HEX.formatHex(tag(key, HEX.parseHex(message))));
  }

  @Test
  void agreesWithPlainArithmeticForEveryLengthAndExtremeNumbers() {
    Random random = new Random(1305);
    for (int length = 0; length < 400; length++) {
      for (int kind = 0; kind < 4; kind++) {
        byte[] key = bytes(random, Poly1305.KEY_BYTES, (kind & 1) != 0);
        byte[] message = bytes(random, length, (kind & 2) != 0);
        assertArrayEquals(expected(key, message), tag(key, message), length + " bytes, " + kind);
      }
    }
  }

  @Test
  void takesAMessageInAnyPieces() {
    Random random = new Random(8439);
    byte[] key = bytes(random, Poly1305.KEY_BYTES, false);
    byte[] message = bytes(random, 1000, false);
    Poly1305 mac = new Poly1305();
    for (int round = 0; round < 200; round++) {
      mac.init(key);
      for (int at = 0; at < message.length; ) {
        int count = Math.min(random.nextInt(70), message.length - at);
        mac.update(message, at, count);
        at += count;
      }
      byte[] tag = new byte[Poly1305.TAG_BYTES];
      mac.finish(tag, 0);
      assertArrayEquals(expected(key, message), tag);
    }
  }

  private static byte[] tag(byte[] key, byte[] message) {
    Poly1305 mac = new Poly1305();
    byte[] tag = new byte[Poly1305.TAG_BYTES];
    mac.init(key);
    mac.update(message, 0, message.length);
    mac.finish(tag, 0);
    return tag;
  }

  private static byte[] bytes(Random random, int length, boolean ones) {
    byte[] bytes = new byte[length];
    if (ones) {
      Arrays.fill(bytes, (byte) -1);
    } else {
      random.nextBytes(bytes);
    }
    return bytes;
  }

  private static byte[] expected(byte[] key, byte[] message) {
    BigInteger r = number(key, 0, 16).and(CLAMP);
    BigInteger sum = BigInteger.ZERO;
    for (int at = 0; at < message.length; at += 16) {
      int count = Math.min(16, message.length - at);
      BigInteger block = number(message, at, count).setBit(Byte.SIZE * count);
      sum = sum.add(block).multiply(r).mod(MODULUS);
    }
    byte[] big = sum.add(number(key, 16, 16)).toByteArray();
    byte[] tag = new byte[16];
    for (int i = 0; i < Math.min(16, big.length); i++) {
      tag[i] = big[big.length - 1 - i];
    }
    return tag;
  }

  private static BigInteger number(byte[] bytes, int offset, int length) {
    byte[] big = new byte[length];
    for (int i = 0; i < length; i++) {
      big[length - 1 - i] = bytes[offset + i];
    }
    return new BigInteger(1, big);
  }
}

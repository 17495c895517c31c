package dev.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KeyExchangeV1Test {
  private static final SecureRandom RANDOM = new SecureRandom();

  @Test
  void bothSidesAgree() throws ProtocolException {
    KeyExchangeV1 one = KeyExchangeV1.fresh(RANDOM);
    KeyExchangeV1 other = KeyExchangeV1.fresh(RANDOM);
    assertThat(one.agree(other.shown())).hasSize(16).isEqualTo(other.agree(one.shown()));
  }

  @Test
  void coordinatesWithLeadingZerosKeepTheirLength() throws ProtocolException {
    boolean seen = false;
    for (int i = 0; i < 5000 && !seen; i++) {
      byte[] shown = KeyExchangeV1.fresh(RANDOM).shown();
      assertThat(KeyExchangeV1.decode(shown).getAffineX())
          .isEqualTo(new BigInteger(1, shown, 1, 32));
      assertThat(KeyExchangeV1.decode(shown).getAffineY())
          .isEqualTo(new BigInteger(1, shown, 33, 32));
      seen = shown[1] == 0 || shown[33] == 0;
    }
    assertThat(seen).isTrue();
  }

  @Test
  void refusesWhatIsNotOnTheCurve() {
    byte[] shown = KeyExchangeV1.fresh(RANDOM).shown();
    for (int i = 0; i < shown.length; i++) {
      byte[] damaged = shown.clone();
      damaged[i] ^= 1;
      assertThatThrownBy(() -> KeyExchangeV1.decode(damaged))
          .as("byte " + i)
          .isInstanceOf(ProtocolException.class);
    }
  }

  @Test
  void refusesOtherLengths() {
    byte[] shown = KeyExchangeV1.fresh(RANDOM).shown();
    for (int length : new int[] {0, 1, 33, 64, 66}) {
      assertThatThrownBy(() -> KeyExchangeV1.decode(Arrays.copyOf(shown, length)))
          .isInstanceOf(ProtocolException.class);
    }
  }

  /** The same point written with a coordinate of p more would be a second name for it. */
  @Test
  void refusesCoordinatesThatAreNotReduced() {
    BigInteger prime = new BigInteger("2").pow(256).subtract(new BigInteger("2").pow(224));
    prime = prime.add(new BigInteger("2").pow(192)).add(new BigInteger("2").pow(96));
    prime = prime.subtract(BigInteger.ONE);
    BigInteger b = KeyExchangeV1.P256.getCurve().getB();
    BigInteger root = b.modPow(prime.add(BigInteger.ONE).shiftRight(2), prime);
    assertThat(root.multiply(root).mod(prime)).as("x = 0 is on the curve").isEqualTo(b);
    byte[] reduced = point(BigInteger.ZERO, root);
    byte[] unreduced = point(prime, root);
    assertThat(decodes(reduced)).isTrue();
    assertThat(decodes(unreduced)).isFalse();
  }

  private static boolean decodes(byte[] key) {
    try {
      KeyExchangeV1.decode(key);
      return true;
    } catch (ProtocolException e) {
      return false;
    }
  }

  private static byte[] point(BigInteger x, BigInteger y) {
    byte[] key = new byte[65];
    key[0] = 4;
    byte[] first = x.toByteArray();
    byte[] second = y.toByteArray();
    int firstLength = Math.min(32, first.length);
    int secondLength = Math.min(32, second.length);
    System.arraycopy(first, first.length - firstLength, key, 33 - firstLength, firstLength);
    System.arraycopy(second, second.length - secondLength, key, 65 - secondLength, secondLength);
    return key;
  }

  @Test
  void secretsAreNotPrinted() throws ProtocolException {
    KeyExchangeV1 key = KeyExchangeV1.fresh(RANDOM);
    TokenV1 token = new TokenV1(key.agree(KeyExchangeV1.fresh(RANDOM).shown()));
    assertThat(token).hasToString("token");
    assertThat(new ClientOpeningV1.Session(token, "host").toString()).contains("token=token");
    assertThat(token).isNotEqualTo(new TokenV1(new byte[16])).isEqualTo(new TokenV1(token.bytes()));
  }
}

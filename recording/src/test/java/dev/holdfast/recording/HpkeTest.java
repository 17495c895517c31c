package dev.holdfast.recording;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.access.Recipient;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.hpke.HPKE;
import org.bouncycastle.crypto.params.X25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.X25519PublicKeyParameters;
import org.junit.jupiter.api.Test;

/** Ours and BouncyCastle's HPKE read each other. */
class HpkeTest {
  private static final byte[] ABOUT = "about".getBytes(UTF_8);
  private static final byte[] BESIDE = "beside".getBytes(UTF_8);
  private static final byte[] MESSAGE = "message".getBytes(UTF_8);

  private static HPKE theirs() {
    return new HPKE(
        HPKE.mode_base, HPKE.kem_X25519_SHA256, HPKE.kdf_HKDF_SHA256, HPKE.aead_AES_GCM256);
  }

  private static byte[] secret() {
    byte[] secret = new byte[32];
    new java.security.SecureRandom().nextBytes(secret);
    return secret;
  }

  @Test
  void theyReadWhatWeSeal() throws Exception {
    X25519PrivateKeyParameters secret = new X25519PrivateKeyParameters(secret());
    X25519PublicKeyParameters shown = secret.generatePublicKey();
    Hpke.Sealed sealed = Hpke.seal(Recipient.of(shown.getEncoded()), ABOUT, BESIDE, MESSAGE);
    byte[] opened =
        theirs()
            .open(
                sealed.encapsulated(),
                new AsymmetricCipherKeyPair(shown, secret),
                ABOUT,
                BESIDE,
                sealed.message(),
                null,
                null,
                null);
    assertThat(opened).isEqualTo(MESSAGE);
    assertThat(sealed.encapsulated()).hasSize(Hpke.ENCAPSULATED);
    assertThat(sealed.message()).hasSize(MESSAGE.length + Hpke.TAG);
  }

  @Test
  void weReadWhatTheySeal() throws Exception {
    byte[] secret = secret();
    ReadingKey key = ReadingKey.of(secret);
    X25519PublicKeyParameters shown = new X25519PrivateKeyParameters(secret).generatePublicKey();
    assertThat(key.recipient().key()).isEqualTo(shown.getEncoded());
    byte[][] sealed = theirs().seal(shown, ABOUT, BESIDE, MESSAGE, null, null, null);
    Hpke.Sealed theirs = new Hpke.Sealed(sealed[1], sealed[0]);
    assertThat(Hpke.open(key, ABOUT, BESIDE, theirs))
        .hasValueSatisfying(it -> assertThat(it).isEqualTo(MESSAGE));
    assertThat(Hpke.open(key, BESIDE, BESIDE, theirs)).isEmpty();
    assertThat(Hpke.open(key, ABOUT, ABOUT, theirs)).isEmpty();
    assertThat(Hpke.open(ReadingKey.generate(), ABOUT, BESIDE, theirs)).isEmpty();
    assertThat(Hpke.open(key, ABOUT, BESIDE, new Hpke.Sealed(new byte[32], sealed[0]))).isEmpty();
  }
}

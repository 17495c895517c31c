package dev.holdfast.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures of FIDO keys, made here to PROTOCOL.u2f, and keys that prove nothing. */
final class SignatureCheckTest {
  private static final byte[] DATA = {1, 2, 3};
  private static final SignatureCheck.Outcome BAD = new SignatureCheck.Outcome.Bad();

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFidoKeysSignatureIsVerifiedAndItsFlagsAreTold(boolean edwards) throws Exception {
    Fido fido = edwards ? Fido.ed25519() : Fido.ecdsa();
    for (int flags : new int[] {0, SignatureCheck.TOUCHED, 5}) {
      assertThat(verify(fido, DATA, fido.sign(DATA, flags)))
          .isEqualTo(new SignatureCheck.Outcome.Good(flags));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFidoSignatureThatWasChangedAnywhereIsBad(boolean edwards) throws Exception {
    Fido fido = edwards ? Fido.ed25519() : Fido.ecdsa();
    byte[] good = fido.sign(DATA, SignatureCheck.TOUCHED);
    for (int i = 0; i < good.length; i++) {
      byte[] changed = good.clone();
      changed[i] ^= 1;
      assertThat(verify(fido, DATA, changed)).as("byte " + i).isEqualTo(BAD);
    }
    assertThat(verify(fido, new byte[] {1, 2}, good)).isEqualTo(BAD);
    assertThat(verify(edwards ? Fido.ed25519() : Fido.ecdsa(), DATA, good)).isEqualTo(BAD);
  }

  @Test
  void sha1IsNoAlgorithmOfRsaKeys() {
    assertThat(SignatureCheck.isAlgorithmOf("ssh-rsa", "ssh-rsa")).isFalse();
    assertThat(SignatureCheck.isAlgorithmOf("ssh-rsa", "rsa-sha2-256")).isTrue();
    assertThat(SignatureCheck.isAlgorithmOf("ssh-ed25519", "rsa-sha2-256")).isFalse();
  }

  @Test
  void aShortRsaKeyIsOfNoUse() throws Exception {
    assertThat(SignatureCheck.isUsable(SshKeys.wire(rsa(2040).getPublic()))).isFalse();
    assertThat(SignatureCheck.isUsable(SshKeys.wire(rsa(2048).getPublic()))).isTrue();
  }

  @Test
  void aKeyWithSomethingBehindItIsOfNoUse() throws Exception {
    byte[] blob = SshKeys.wire(SshKeys.generateEd25519().getPublic()).blob();
    assertThat(SignatureCheck.isUsable(SshPublicKey.of(blob))).isTrue();
    byte[] longer = Arrays.copyOf(blob, blob.length + 1);
    assertThat(SignatureCheck.isUsable(SshPublicKey.of(longer))).isFalse();
    byte[] shorter = Arrays.copyOf(blob, blob.length - 1);
    assertThat(SignatureCheck.isUsable(SshPublicKey.of(shorter))).isFalse();
  }

  private static SignatureCheck.Outcome verify(Fido fido, byte[] data, byte[] signature)
      throws Exception {
    return SignatureCheck.verify(fido.key(), fido.type(), data, signature);
  }

  private static KeyPair rsa(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }
}

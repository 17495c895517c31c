package dev.holdfast.ssh;

import java.time.Instant;
import java.util.Arrays;

/** Fuzz target: a key or certificate as a client shows it. */
public final class UserCertificateFuzz {
  private UserCertificateFuzz() {}

  /**
   * Fails if anything but a malformed certificate is told of, if what was signed is not the
   * beginning of what was shown, or if something can be cut off at the end.
   */
  public static void fuzzerTestOneInput(byte[] bytes) {
    UserCertificate certificate;
    try {
      SshPublicKey shown = SshPublicKey.of(bytes);
      SignatureCheck.isUsable(shown);
      certificate = UserCertificate.parse(shown);
    } catch (MalformedKeyException e) {
      return;
    }
    byte[] signed = certificate.signed();
    check(Arrays.equals(signed, 0, signed.length, bytes, 0, signed.length));
    check(certificate.principals().size() <= UserCertificate.MOST_PRINCIPALS);
    check(!certificate.key().isCertificate());
    certificate.isValidAt(Instant.EPOCH);
    SignatureCheck.isUsable(certificate.key());
    try {
      KeyOptions.of(certificate);
    } catch (MalformedKeyException e) {
      // Options may be malformed or unknown.
    }
    checkCut(bytes);
  }

  private static void checkCut(byte[] bytes) {
    try {
      UserCertificate.parse(SshPublicKey.of(Arrays.copyOf(bytes, bytes.length - 1)));
      throw new AssertionError("a shorter one is one, too");
    } catch (MalformedKeyException e) {
      // As it should be.
    }
  }

  private static void check(boolean holds) {
    if (!holds) {
      throw new AssertionError("a certificate that is not what was shown");
    }
  }
}

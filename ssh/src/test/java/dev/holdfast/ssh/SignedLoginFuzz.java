package dev.holdfast.ssh;

/** Fuzz target: what somebody is said to have signed to log in, with a signature of nobody's. */
public final class SignedLoginFuzz {
  private SignedLoginFuzz() {}

  /** Fails if it is believed, or if anything but the one exception is thrown. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    byte[] signature = Wire.string("ssh-ed25519");
    try {
      SignedLogin.Claim claim = new SignedLogin(bytes, signature).verified();
      throw new AssertionError(claim.user() + " is taken for somebody who signed");
    } catch (MalformedKeyException e) {
      // As it should be.
    }
  }
}

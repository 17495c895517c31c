package dev.holdfast.ssh;

/** Fuzz target: a signature, by keys of three kinds, of which none made it. */
public final class SignatureFuzz {
  private static final byte[] DATA = {1, 2, 3};

  private static final SshPublicKey ED25519 = SshKeys.wire(SshKeys.generateEd25519().getPublic());

  private SignatureFuzz() {}

  /** Fails if it is taken for one, or if anything is thrown. */
  public static void fuzzerTestOneInput(byte[] bytes) throws Exception {
    check(ED25519, "ssh-ed25519", bytes);
    check(Keys.SK_ED25519, SshPublicKey.SK_ED25519, bytes);
    check(Keys.SK_ECDSA, SshPublicKey.SK_ECDSA, bytes);
  }

  private static void check(SshPublicKey key, String algorithm, byte[] signature) {
    if (SignatureCheck.verify(key, algorithm, DATA, signature)
        instanceof SignatureCheck.Outcome.Good) {
      throw new AssertionError(algorithm + " is taken for good");
    }
  }

  /** Keys of authenticators whose private halves nobody has. */
  private static final class Keys {
    static final SshPublicKey SK_ED25519 = key(true);
    static final SshPublicKey SK_ECDSA = key(false);

    private static SshPublicKey key(boolean edwards) {
      try {
        return (edwards ? Fido.ed25519() : Fido.ecdsa()).key();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}

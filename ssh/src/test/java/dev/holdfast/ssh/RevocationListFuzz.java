package dev.holdfast.ssh;

/** Fuzz target: a key revocation list. */
public final class RevocationListFuzz {
  private static final SshPublicKey KEY = key();

  private RevocationListFuzz() {}

  /** Fails if anything but a malformed list is told of, or if a list can't be asked. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    try {
      RevocationList list = RevocationList.parse(bytes);
      list.has(KEY);
      if (!RevocationList.isOne(bytes)) {
        throw new AssertionError("a list that does not begin as one");
      }
    } catch (MalformedKeyException e) {
      // A list may be malformed; nothing else may happen.
    }
  }

  private static SshPublicKey key() {
    try {
      return SshPublicKey.of(Wire.string("ssh-ed25519"));
    } catch (MalformedKeyException e) {
      throw new AssertionError(e);
    }
  }
}

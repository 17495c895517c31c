package dev.holdfast.access;

/**
 * A key that signs certificates.
 *
 * @param key its public half, as a line of authorized_keys without a comment
 * @param fingerprint as OpenSSH prints it
 */
public record Authority(Kind kind, State state, String key, String fingerprint) {
  /** Whom it certifies. */
  public enum Kind {
    USER,
    HOST
  }

  /** What it does; each becomes the next. */
  public enum State {
    /** It is believed, so that it can sign soon. */
    NEXT,
    /** It signs. */
    CURRENT,
    /** It is believed for as long as what it signed is valid. */
    FORMER
  }
}

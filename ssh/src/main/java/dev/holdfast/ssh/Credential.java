package dev.holdfast.ssh;

/** What somebody who is logged in proved himself by. */
public sealed interface Credential {
  /**
   * A key.
   *
   * @param type such as "ssh-ed25519"
   * @param fingerprint as OpenSSH prints it
   */
  record Key(String type, String fingerprint) implements Credential {}

  /**
   * A key with a certificate.
   *
   * @param type of the key
   * @param fingerprint of the key
   * @param id what the authority called it
   * @param serial the authority's number for it, unsigned
   * @param authority the fingerprint of the authority's key
   */
  record Certificate(String type, String fingerprint, String id, long serial, String authority)
      implements Credential {}

  /** A password. */
  record Password() implements Credential {}

  /** Answers to questions (RFC 4256). */
  record KeyboardInteractive() implements Credential {}

  /** Nothing that is told: the server has an {@link Authenticator} of its own. */
  record Untold() implements Credential {}
}

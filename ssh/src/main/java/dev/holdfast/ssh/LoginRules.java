package dev.holdfast.ssh;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.Optional;

/** Who may log in, and by what. Thread-safe; may block. */
interface LoginRules {
  /**
   * Somebody who would be logged in once he has signed.
   *
   * @param key what the signature is checked with
   */
  record Candidate(Login login, SshPublicKey key) {}

  /**
   * Whoever shows {@code shown}, a key or a certificate.
   *
   * @throws IOException if that can't be found out: then he may not
   */
  Optional<Candidate> byKey(String user, SocketAddress from, SshPublicKey shown) throws IOException;

  /** Whoever answers as he should. */
  Optional<Login> byDialogue(
      String user, SocketAddress from, Credential credential, Dialogue dialogue) throws IOException;
}

package dev.holdfast.ssh;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who may log in, and by what. Thread-safe; may block. */
interface LoginRules {
  /**
   * Somebody who would be logged in once he has signed.
   *
   * @param key what the signature is checked with
   * @param askBesides what was shown, if its holder is to answer questions once he has signed
   */
  record Candidate(Login login, SshPublicKey key, Optional<SshPublicKey> askBesides) {
    Candidate(Login login, SshPublicKey key) {
      this(login, key, Optional.empty());
    }
  }

  /**
   * Whoever shows {@code shown}, a key or a certificate.
   *
   * @throws IOException if that can't be found out: then he may not
   */
  Optional<Candidate> byKey(String user, SocketAddress from, SshPublicKey shown) throws IOException;

  /**
   * Whoever answers as he should.
   *
   * @param proven what its holder has signed with and is asked for besides; null if there is none
   */
  Optional<Login> byDialogue(
      String user,
      SocketAddress from,
      Credential credential,
      @Nullable SshPublicKey proven,
      Dialogue dialogue)
      throws IOException;
}

package dev.holdfast.ssh;

import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may log in to a server that knows no accounts: by key, by certificate, by questions,
 * or by a key and questions. Thread-safe; may block. What throws lets nobody in.
 */
public interface Admissions {
  /** What is decided. */
  sealed interface Admission {
    /** He may not. */
    record Refused() implements Admission {}

    /**
     * He may, once he has signed.
     *
     * @param guest what is known of him, for {@link Login#guest}
     */
    record Admitted(Credential credential, Permissions permissions, Object guest)
        implements Admission {}

    /** The key is right, once he has signed, and he is asked questions besides. */
    record AskBesides() implements Admission {}
  }

  /**
   * Whoever shows {@code shown}, a key or a certificate. Asked before he has signed, and again
   * after: it must not change anything.
   *
   * @param user the name that he gave
   */
  Admission byKey(String user, SocketAddress from, SshPublicKey shown) throws IOException;

  /**
   * Whoever answers as he should.
   *
   * @param proven the key that he has signed with and for which he is asked besides; null if none
   */
  default Admission byDialogue(
      String user, SocketAddress from, @Nullable SshPublicKey proven, Dialogue dialogue)
      throws IOException {
    return new Admission.Refused();
  }
}

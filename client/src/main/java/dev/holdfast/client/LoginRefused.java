package dev.holdfast.client;

import dev.holdfast.ssh.SshFailure;
import java.io.IOException;

/** A server was reached and is not believed, or does not let the user in; in ssh's words. */
final class LoginRefused extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean isHostKey;

  LoginRefused(String message, SshFailure failure) {
    super(message, failure);
    isHostKey = failure.kind() == SshFailure.Kind.HOST_KEY;
  }

  /** Whether the server is not believed. */
  boolean isHostKey() {
    return isHostKey;
  }
}

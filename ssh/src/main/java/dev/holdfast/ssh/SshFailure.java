package dev.holdfast.ssh;

import java.io.IOException;

/** Why a client got no connection. The message is one sentence for the person. */
public final class SshFailure extends IOException {
  private static final long serialVersionUID = 1L;

  /** What stood in the way. */
  public enum Kind {
    /** The server is not the one that was meant, or can't prove it. */
    HOST_KEY,
    /** The server does not let the user in with the keys there are. */
    AUTHENTICATION,
    /** The login took longer than the patience. */
    TIMEOUT,
    /** The stream ended, or the two do not understand each other. */
    CONNECTION
  }

  private final Kind kind;

  SshFailure(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}

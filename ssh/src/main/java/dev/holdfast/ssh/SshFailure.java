package dev.holdfast.ssh;

import java.io.IOException;
import java.util.List;

/** Why a client got no connection. The message is one sentence for the person. */
public final class SshFailure extends IOException {
  private static final long serialVersionUID = 1L;

  /** What stood in the way. */
  public enum Kind {
    /** The server is not the one that was meant, or can't prove it. */
    HOST_KEY,
    /** The server does not let the user in with the keys there are. */
    AUTHENTICATION,
    /** The user has as many connections as he may have (SSH_DISCONNECT_TOO_MANY_CONNECTIONS). */
    TOO_MANY,
    /** The login took longer than the patience. */
    TIMEOUT,
    /** Whoever it is may not now; the message is what the server said. */
    TURNED_AWAY,
    /** The stream ended, or the two do not understand each other. */
    CONNECTION
  }

  private final Kind kind;
  private final transient List<String> methods;

  SshFailure(Kind kind, String message, List<String> methods, Throwable cause) {
    super(message, cause);
    this.kind = kind;
    this.methods = methods;
  }

  public Kind kind() {
    return kind;
  }

  /** The ways of logging in that the server said it takes; none if it said nothing. */
  public List<String> methods() {
    return methods;
  }
}

package dev.holdfast.node;

import dev.holdfast.ssh.ByteText;
import dev.holdfast.ssh.SessionRequest;

/** Fuzz target: what anybody who is logged in may say to join a session. */
public final class JoinRequestFuzz {
  private JoinRequestFuzz() {}

  /** Fails if what is understood as an ID could be anything else in a sentence or a log. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    String command = ByteText.decode(bytes);
    JoinRequest.of(new SessionRequest.Exec(command))
        .ifPresent(request -> {
          boolean isId = request.session().matches("[A-Za-z0-9-]{0,64}");
          if (!isId || !command.contains(request.session())) {
            throw new AssertionError(command + " became " + request);
          }
        });
  }
}

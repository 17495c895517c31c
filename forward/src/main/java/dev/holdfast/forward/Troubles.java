package dev.holdfast.forward;

import dev.holdfast.client.ConfigFailure;
import dev.holdfast.ssh.ChannelRefused;
import dev.holdfast.ssh.SshFailure;
import java.io.IOException;
import java.util.Optional;

/** What failures mean for a person. */
final class Troubles {
  private Troubles() {}

  /** Of a connection that the server did not make. */
  static Trouble of(ChannelRefused refusal, FarAddress to) {
    return switch (refusal.reason()) {
      case PROHIBITED -> new Trouble.Forbidden(to.toString());
      case NOT_CONNECTED -> new Trouble.NotRunning(to);
      case UNKNOWN -> new Trouble.Failed("The server knows no forwarding to %s.".formatted(to));
      case NO_ROOM -> new Trouble.Failed("The server has no room for more connections.");
    };
  }

  /**
   * Of a login.
   *
   * @param asked the last question that nobody answered
   */
  static Trouble of(IOException failure, String server, Optional<String> asked) {
    Throwable cause = failure instanceof SshFailure ? failure : failure.getCause();
    if (cause instanceof SshFailure ssh) {
      return switch (ssh.kind()) {
        case HOST_KEY -> new Trouble.UnknownHost(server);
        case AUTHENTICATION ->
            new Trouble.NeedsPerson(server, asked.map(String::strip).orElse("no key is accepted"));
        case TIMEOUT, CONNECTION, TURNED_AWAY, TOO_MANY ->
            new Trouble.Unreachable(server, said(failure));
      };
    }
    return failure instanceof ConfigFailure
        ? new Trouble.Misconfigured(said(failure))
        : new Trouble.Unreachable(server, said(failure));
  }

  private static String said(IOException failure) {
    return String.valueOf(failure.getMessage());
  }
}

package dev.holdfast.node;

import dev.holdfast.ssh.Login;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one login may do, by the key or certificate that it came with (sshd(8), AUTHORIZED_KEYS FILE
 * FORMAT).
 *
 * @param pty whether it gets ptys
 * @param userRc whether ~/.ssh/rc is run
 * @param command what is run in place of anything that the client asks for; null if it may ask
 * @param environment variables that are set
 */
public record Restrictions(
    boolean pty, boolean userRc, @Nullable String command, Map<String, String> environment) {
  /** None. */
  public static final Restrictions NONE = new Restrictions(true, true, null, Map.of());

  /** Where those of a login are asked for. */
  @FunctionalInterface
  public interface Source {
    Restrictions of(Login login);
  }
}

package dev.holdfast.ssh;

import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Is told who logs in to a server, and who does not. May not block. Thread-safe. */
public interface LoginWatch {
  /** Tells nobody. */
  LoginWatch NONE =
      new LoginWatch() {
        @Override
        public void loggedIn(Login login) {}

        @Override
        public void refused(Refusal refusal) {}
      };

  /**
   * A connection that ended before anybody was logged in, though somebody tried.
   *
   * @param connection its name
   * @param user the name that the client gave, as it wrote it
   * @param from the client's address
   * @param attempts how many failed
   * @param methods that were tried
   * @param fingerprint of the last key that was shown; null if none was
   */
  record Refusal(
      String connection,
      String user,
      SocketAddress from,
      int attempts,
      List<String> methods,
      @Nullable String fingerprint) {}

  /** Somebody is logged in. */
  void loggedIn(Login login);

  /** Somebody is gone without having been logged in. */
  void refused(Refusal refusal);

  /** Somebody who is logged in wants a port or socket forwarded. */
  default void forwarding(Login login, Forward forward) {}

  /**
   * A forward that is asked for.
   *
   * @param remote whether it is listened on here, for the client; else it leads from here to there
   * @param where {@code host:port} or the path of a socket, as the client wrote it
   * @param permitted whether it may be
   */
  record Forward(boolean remote, String where, boolean permitted) {}
}

package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.util.Optional;

/** Where what a client has forwarded connects and listens: here, or behind a {@link Bridge}. */
interface ForwardPlace {
  /** To a port, for "direct-tcpip". */
  Duplex connect(Login login, String host, int port) throws IOException;

  /** To a socket, for "direct-streamlocal@openssh.com". */
  Duplex connect(Login login, String path) throws IOException;

  /**
   * A port, for "tcpip-forward" (RFC 4254 7.1); the port that it got, or nothing if it can't be or
   * may not.
   */
  Optional<Integer> listen(ForwardPolicy policy, String address, int port);

  /** A socket, for "streamlocal-forward@openssh.com" (PROTOCOL 2.4); whether it could and may. */
  boolean listen(ForwardPolicy policy, String path);

  /** "cancel-tcpip-forward". */
  boolean cancel(String address, int port);

  /** "cancel-streamlocal-forward@openssh.com". */
  boolean cancel(String path);
}

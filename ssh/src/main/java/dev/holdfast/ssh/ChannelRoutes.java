package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.io.IOException;

/**
 * Where direct-tcpip channels of a server lead (RFC 4254 7.2), instead of to hosts of its network.
 * Thread-safe.
 */
@FunctionalInterface
public interface ChannelRoutes {
  /**
   * Connects; called on a virtual thread of its own, which may block.
   *
   * @param host as the client wrote it, not looked up
   * @throws RouteRefusedException with a sentence for the client
   * @throws IOException for reasons that are not told
   */
  Duplex connect(Login login, String host, int port) throws IOException;
}

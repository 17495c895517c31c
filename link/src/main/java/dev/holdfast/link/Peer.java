package dev.holdfast.link;

import static dev.holdfast.link.Linux.INT;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.nio.channels.SocketChannel;

/**
 * The process at the other end of a UNIX stream connection, as the kernel noted it when the
 * connection was made or the listener opened (SO_PEERCRED, unix(7)).
 *
 * @param process its number
 * @param user its effective user
 * @param group its effective group
 */
public record Peer(int process, int user, int group) {
  private static final int ROOT = 0;

  /** The one at the other end of {@code channel}. */
  public static Peer of(SocketChannel channel) throws IOException {
    int[] credentials = SocketCalls.peer(Descriptor.numberOf(channel));
    return new Peer(credentials[0], credentials[1], credentials[2]);
  }

  /** The user that this process acts for. */
  public static int ownUser() {
    try {
      return (int) Linux.call("geteuid", state -> (int) Self.GETEUID.invokeExact(state));
    } catch (SystemCallException e) {
      throw new AssertionError(e);
    }
  }

  /** Whether the peer may give connections to a process of {@code user}, or take them. */
  boolean isTrustedBy(int user) {
    return this.user == user || this.user == ROOT;
  }

  private static final class Self {
    static final MethodHandle GETEUID = Linux.function("geteuid", INT);
  }
}

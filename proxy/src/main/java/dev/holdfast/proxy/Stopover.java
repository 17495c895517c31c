package dev.holdfast.proxy;

import dev.holdfast.access.RecordingMode;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.ssh.Login;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * A way to a node that is interrupted at a proxy, which records what goes over it.
 *
 * @param user of the cluster, to whom it was granted
 * @param login the user of the node's machine; empty for any that he may be there
 */
record Stopover(String user, String login, KnownNode node) {
  /** Whether somebody with these options is to be recorded by a proxy. */
  static boolean isFor(RoleOptions options) {
    return options.recording().filter(RecordingMode::isOfProxy).isPresent();
  }

  /** Whether it is for who has logged in so. */
  boolean isOf(String who, Login as) {
    return user.equals(who) && (login.isEmpty() || login.equals(as.user()));
  }

  static InetAddress address(SocketAddress from) {
    return client(from).getAddress();
  }

  static InetSocketAddress client(SocketAddress from) {
    return from instanceof InetSocketAddress inet && inet.getAddress() != null
        ? inet
        : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }
}

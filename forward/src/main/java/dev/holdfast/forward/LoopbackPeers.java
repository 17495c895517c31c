package dev.holdfast.forward;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/**
 * Whose a connection to a loopback port is: the kernel tells the user of each socket, when it is
 * asked for one ({@link SocketLookup}) or else in its tables of TCP sockets (proc_net_tcp in the
 * kernel's documentation). Elsewhere than on Linux nobody is told apart.
 */
public final class LoopbackPeers {
  private static final Path TABLE = Path.of("/proc/net/tcp");
  private static final Path TABLE6 = Path.of("/proc/net/tcp6");

  /** Lines of a table that are read. */
  static final int MOST_LINES = 200_000;

  private LoopbackPeers() {}

  /**
   * A socket.
   *
   * @param uid the user who made it
   * @param inode what it is in {@code /proc/PID/fd}; 0 if no process has it any more
   */
  public record Owned(long uid, long inode) {}

  /** Whether this system tells. */
  public static boolean isKnown() {
    return Files.isReadable(TABLE);
  }

  /** Whether the peer's user is {@code uid}; true where that can't be known. */
  static boolean isOf(SocketChannel accepted, long uid) throws IOException {
    if (accepted.getRemoteAddress() instanceof InetSocketAddress peer
        && accepted.getLocalAddress() instanceof InetSocketAddress here) {
      return !isKnown() || socket(peer, here).map(Owned::uid).orElse(-1L) == uid;
    }
    return isUnixPeer(accepted, uid);
  }

  /** SO_PEERCRED tells the user's name; the socket's own mode keeps others out as well. */
  private static boolean isUnixPeer(SocketChannel accepted, long uid) throws IOException {
    if (!accepted.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)) {
      return accepted.getLocalAddress() instanceof UnixDomainSocketAddress;
    }
    UnixDomainPrincipal peer = accepted.getOption(ExtendedSocketOptions.SO_PEERCRED);
    Object own = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    String name = peer.user().getName();
    return name.equals(System.getProperty("user.name"))
        || (own instanceof Integer && name.equals(Long.toString(uid)));
  }

  /** The socket that is bound to {@code from} and connected to {@code to}. */
  public static Optional<Owned> socket(InetSocketAddress from, InetSocketAddress to)
      throws IOException {
    Optional<Owned> told = SocketLookup.ofProcess().flatMap(it -> it.find(from, to));
    return told.isPresent() ? told.filter(LoopbackPeers::isHeld) : listed(from, to);
  }

  /** A socket that no process has any more is said to be root's, whosever it was. */
  private static boolean isHeld(Owned socket) {
    return socket.uid() != 0 || socket.inode() != 0;
  }

  /** The same from the tables, which grow with every socket that was closed within a minute. */
  static Optional<Owned> listed(InetSocketAddress from, InetSocketAddress to) throws IOException {
    boolean isV4 = from.getAddress() instanceof Inet4Address;
    Optional<Owned> found =
        isV4 ? find(TABLE, text(from, false), text(to, false)) : Optional.empty();
    return found.isPresent() ? found : find(TABLE6, text(from, true), text(to, true));
  }

  /**
   * A line's fields are: number, local address, remote address, state, queues, timer, retransmits,
   * user, timeout, inode.
   */
  private static Optional<Owned> find(Path table, String local, String remote) throws IOException {
    String wanted = " " + local + " " + remote + " ";
    try (BufferedReader lines = Files.newBufferedReader(table)) {
      String line = lines.readLine();
      for (int i = 0; line != null && i < MOST_LINES; i++, line = lines.readLine()) {
        if (line.contains(wanted)) {
          String[] fields = line.strip().split("\\s+", 11);
          return Optional.of(new Owned(Long.parseLong(fields[7]), Long.parseLong(fields[9])))
              .filter(LoopbackPeers::isHeld);
        }
      }
    }
    return Optional.empty();
  }

  /** As the tables write it: each 32 bits of the address in the machine's own order. */
  static String text(InetSocketAddress address, boolean asV6) {
    byte[] bytes = wide(address.getAddress(), asV6);
    ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    StringBuilder text = new StringBuilder();
    while (words.hasRemaining()) {
      text.append("%08X".formatted(words.getInt()));
    }
    return text.append(":%04X".formatted(address.getPort())).toString().toUpperCase(Locale.ROOT);
  }

  /** IPv4 addresses in the other table are mapped (RFC 4291 2.5.5.2). */
  private static byte[] wide(InetAddress address, boolean asV6) {
    byte[] bytes = address.getAddress();
    if (!asV6 || bytes.length > 4) {
      return bytes;
    }
    ByteBuffer mapped = ByteBuffer.allocate(16);
    mapped.putShort(10, (short) 0xffff).put(12, bytes);
    return mapped.array();
  }
}

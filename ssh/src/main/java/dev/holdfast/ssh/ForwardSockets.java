package dev.holdfast.ssh;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes the sockets that are forwarded. Those in the file system are opened and made with the
 * rights of who is logged in: the server's own are none of his. Thread-safe.
 */
record ForwardSockets(@Nullable UserRights rights, ServerSettings settings) {
  /** How long each address of a host may take. */
  private static final int CONNECT_MILLIS = 60_000;

  /** Addresses of one host that are tried. */
  static final int MOST_ADDRESSES = 8;

  /** Connects to a port, trying the host's addresses in turn. */
  Duplex connect(String host, int port) throws IOException {
    IOException failure = new IOException("no address");
    InetAddress[] addresses = InetAddress.getAllByName(host);
    for (int i = 0; i < Math.min(addresses.length, MOST_ADDRESSES); i++) {
      SocketChannel channel = SocketChannel.open();
      try {
        channel.socket().connect(new InetSocketAddress(addresses[i], port), CONNECT_MILLIS);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return new ChannelDuplex(channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        failure = e instanceof IOException io ? io : new IOException("not a port", e);
      }
    }
    throw failure;
  }

  /** Connects to a socket of the file system as {@code login}. */
  Duplex connect(Login login, String path) throws IOException {
    User user = user(login);
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path(path, user));
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      rightsOf(login).as(user, () -> channel.connect(address));
      return new ChannelDuplex(channel);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Listens on a port of some addresses, of which one at least must do. With port 0 all get the one
   * that the first gets.
   */
  static List<ServerSocketChannel> listen(List<String> addresses, int port) throws IOException {
    List<ServerSocketChannel> listeners = new ArrayList<>();
    IOException failure = new IOException("no address");
    int wanted = port;
    for (String address : addresses) {
      ServerSocketChannel listener = ServerSocketChannel.open();
      try {
        listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        listener.bind(new InetSocketAddress(InetAddress.getByName(address), wanted));
        wanted = listener.socket().getLocalPort();
        listeners.add(listener);
      } catch (IOException | RuntimeException e) {
        listener.close();
        failure = e instanceof IOException io ? io : new IOException("not a port", e);
      }
    }
    if (listeners.isEmpty()) {
      throw failure;
    }
    return listeners;
  }

  /** Makes a socket in the file system as {@code login} and listens on it. */
  SocketFile listen(Login login, String path) throws IOException {
    User user = user(login);
    Path file = path(path, user);
    int mask = settings.get(ServerOption.STREAM_LOCAL_BIND_MASK);
    boolean unlink = settings.get(ServerOption.STREAM_LOCAL_BIND_UNLINK);
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      rightsOf(login)
          .as(
              user,
              mask,
              () -> {
                if (unlink) {
                  Files.deleteIfExists(file);
                }
                return listener.bind(UnixDomainSocketAddress.of(file));
              });
      return new SocketFile(listener, file, Optional.empty(), user, rightsOf(login));
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  /** Makes a socket that nobody but {@code login} can reach, in a directory of its own. */
  SocketFile listenPrivately(Login login) throws IOException {
    User user = user(login);
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      Path file =
          rightsOf(login)
              .as(
                  user,
                  () -> {
                    Path directory =
                        Files.createTempDirectory(
                            Path.of("/tmp"),
                            "ssh-",
                            PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
                    Path socket = directory.resolve("agent");
                    listener.bind(UnixDomainSocketAddress.of(socket));
                    return socket;
                  });
      return new SocketFile(
          listener, file, Optional.ofNullable(file.getParent()), user, rightsOf(login));
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  private static Path path(String path, User user) throws IOException {
    if (path.isEmpty() || path.indexOf('\0') >= 0) {
      throw new IOException("not a path");
    }
    return Path.of(user.home()).resolve(path);
  }

  private static User user(Login login) throws IOException {
    return login.account().orElseThrow(() -> new IOException("nobody of this machine"));
  }

  private UserRights rightsOf(Login login) throws IOException {
    if (rights == null) {
      throw new IOException("this server can't act for " + login.user());
    }
    return rights;
  }
}

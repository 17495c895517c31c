package dev.holdfast.link;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;

/**
 * The way into the JDK's own channel classes, which have no public door for a descriptor that
 * another process opened: their constructors for accepted and inherited sockets, and the number of
 * a channel's descriptor.
 *
 * <p>It needs {@code --add-opens=java.base/sun.nio.ch=ALL-UNNAMED}, and is written for the JDK that
 * the build asks for; docs/decisions/adopted-descriptors.md says why this way and not another.
 * Thread-safe.
 */
final class JdkChannels {
  private static final String OPTION = "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED";
  private static final String PACKAGE = "sun.nio.ch.";

  private static final @Nullable JdkChannels FOUND;
  private static final @Nullable Exception MISSING;

  static {
    JdkChannels found = null;
    Exception missing = null;
    try {
      found = new JdkChannels();
    } catch (ReflectiveOperationException | RuntimeException e) {
      missing = e;
    }
    FOUND = found;
    MISSING = missing;
  }

  private final MethodHandle numberOf;
  private final MethodHandle newDescriptor;
  private final MethodHandle newListener;
  private final Field listenerFamily;
  private final MethodHandle newConnection;
  private final MethodHandle remoteAddress;
  private final MethodHandle remotePath;

  private JdkChannels() throws ReflectiveOperationException {
    Class<?> listener = Class.forName(PACKAGE + "ServerSocketChannelImpl");
    Class<?> connection = Class.forName(PACKAGE + "SocketChannelImpl");
    Lookup in = MethodHandles.privateLookupIn(listener, MethodHandles.lookup());
    numberOf =
        in.findVirtual(in.findClass(PACKAGE + "SelChImpl"), "getFDVal", type(int.class))
            .asType(type(int.class, Channel.class));
    newDescriptor =
        in.findStatic(
            in.findClass(PACKAGE + "IOUtil"), "newFD", type(FileDescriptor.class, int.class));
    newListener =
        in.findConstructor(
                listener,
                type(
                    void.class,
                    SelectorProvider.class,
                    ProtocolFamily.class,
                    FileDescriptor.class,
                    boolean.class))
            .asType(
                type(
                    ServerSocketChannel.class,
                    SelectorProvider.class,
                    ProtocolFamily.class,
                    FileDescriptor.class,
                    boolean.class));
    listenerFamily = listener.getDeclaredField("family");
    listenerFamily.setAccessible(true);
    newConnection =
        in.findConstructor(
                connection,
                type(
                    void.class,
                    SelectorProvider.class,
                    ProtocolFamily.class,
                    FileDescriptor.class,
                    SocketAddress.class))
            .asType(
                type(
                    SocketChannel.class,
                    SelectorProvider.class,
                    ProtocolFamily.class,
                    FileDescriptor.class,
                    SocketAddress.class));
    remoteAddress =
        in.findStatic(
            in.findClass(PACKAGE + "Net"),
            "remoteAddress",
            type(InetSocketAddress.class, FileDescriptor.class));
    Class<?> inherited = in.findClass(PACKAGE + "InheritedChannel");
    remotePath =
        MethodHandles.privateLookupIn(inherited, MethodHandles.lookup())
            .findStatic(inherited, "unixPeerAddress0", type(byte[].class, int.class));
  }

  /**
   * The way in.
   *
   * @throws UnsupportedHostException if Java was started without the option, or isn't the one that
   *     this was written for
   */
  static JdkChannels get() throws UnsupportedHostException {
    if (FOUND == null) {
      throw new UnsupportedHostException(
          "This Java (%s) lets no one adopt connections; start Java 25 with %s."
              .formatted(Runtime.version(), OPTION),
          MISSING);
    }
    return FOUND;
  }

  /** The number of the descriptor of a socket channel. */
  int numberOf(Channel channel) {
    try {
      return (int) numberOf.invokeExact(channel);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** A listening channel that owns the listening socket {@code number}. */
  ServerSocketChannel listener(ProtocolFamily family, int number) throws IOException {
    try {
      FileDescriptor descriptor = (FileDescriptor) newDescriptor.invokeExact(number);
      ServerSocketChannel channel =
          (ServerSocketChannel)
              newListener.invokeExact(SelectorProvider.provider(), family, descriptor, true);
      // The constructor takes every internet socket for an IPv6 one where there is IPv6; setting
      // the
      // type of service of the connections that an IPv4 listener accepts would fail then.
      listenerFamily.set(channel, family);
      return channel;
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** A channel that owns the connected socket {@code number}; fails if the peer is gone already. */
  SocketChannel connection(ProtocolFamily family, int number) throws IOException {
    try {
      FileDescriptor descriptor = (FileDescriptor) newDescriptor.invokeExact(number);
      SocketAddress remote =
          family == StandardProtocolFamily.UNIX
              ? unixAddress((byte[]) remotePath.invokeExact(number))
              : (InetSocketAddress) remoteAddress.invokeExact(descriptor);
      return (SocketChannel)
          newConnection.invokeExact(SelectorProvider.provider(), family, descriptor, remote);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /**
   * The address with the bytes of a path: none for a peer without a name, null if there is no peer.
   */
  private static SocketAddress unixAddress(byte @Nullable [] path) throws SocketException {
    if (path == null) {
      throw new SocketException("not connected");
    }
    return UnixDomainSocketAddress.of(new String(path, Charset.defaultCharset()));
  }

  private static MethodType type(Class<?> result, Class<?>... parameters) {
    return MethodType.methodType(result, parameters);
  }

  private static RuntimeException unchecked(Throwable thrown) {
    return switch (thrown) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      default -> throw new AssertionError(thrown);
    };
  }
}

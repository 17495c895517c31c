package dev.holdfast.link;

import java.io.Closeable;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * An open file descriptor that is ours to close: one that another process gave us, or one taken out
 * of a channel to be given away. It ends by becoming a channel or by being closed, whichever comes
 * first; after that it has no number.
 *
 * <p>What a descriptor stands for is shared with every process that has a copy, and so is whether
 * it blocks. Channels are therefore made non-blocking and have to stay so while another process may
 * still have the socket in a selector: it would hang in its next accept or read.
 *
 * <p>Confined to one thread at a time. Linux only.
 */
public final class Descriptor implements Closeable {
  private static final int NONE = -1;

  private int number;

  private Descriptor(int number) {
    this.number = number;
  }

  /**
   * The open descriptor {@code number} that whoever started this process left to it, and that
   * nothing else in the process owns. Programs that we start won't get it.
   */
  static Descriptor inherited(int number) throws IOException {
    DescriptorCalls.closeOnExec(number);
    return new Descriptor(number);
  }

  /**
   * The descriptor {@code number} that a system call has just made, closed in programs we start.
   */
  static Descriptor fresh(int number) {
    return new Descriptor(number);
  }

  /** The number of a socket channel's descriptor, which the channel goes on owning. */
  static int numberOf(Channel channel) throws UnsupportedHostException {
    Linux.require("Handing over connections");
    return JdkChannels.get().numberOf(channel);
  }

  /** A second descriptor of what a socket channel stands for. Closing one leaves the other. */
  public static Descriptor copyOf(Channel channel) throws IOException {
    return fresh(DescriptorCalls.copy(numberOf(channel)));
  }

  /**
   * Takes a socket out of its channel: the channel is closed, the connection or the queue of
   * waiting connections is not.
   *
   * @param channel not registered with a selector any more. That takes a {@code select} after the
   *     key was cancelled: as long as it is registered the JDK shuts a connection down when closing
   *     it, and the kernel goes on reporting the socket as long as some process has it open.
   */
  public static Descriptor takeFrom(SelectableChannel channel) throws IOException {
    if (channel.isRegistered()) {
      throw new IllegalStateException(channel + " is still registered with a selector");
    }
    Descriptor taken = copyOf(channel);
    channel.close();
    return taken;
  }

  /** The number, for calls of the system; the descriptor must be open as long as it is used. */
  public int number() {
    if (number == NONE) {
      throw new IllegalStateException("the descriptor is closed or has become a channel");
    }
    return number;
  }

  /** Whether it is a socket that waits for connections, rather than a connection. */
  public boolean isListening() throws IOException {
    return SocketCalls.isListening(number());
  }

  /**
   * Makes a non-blocking channel of a TCP or UNIX socket that listens. If that fails, the
   * descriptor is still open.
   */
  public ServerSocketChannel toListener() throws IOException {
    ProtocolFamily family = streamFamily(number());
    if (!isListening()) {
      throw new IOException("Descriptor %d is a socket that does not listen.".formatted(number));
    }
    return given(JdkChannels.get().listener(family, number));
  }

  /**
   * Makes a non-blocking channel of a TCP or UNIX connection. If that fails, for one because the
   * peer is gone, the descriptor is still open.
   */
  public SocketChannel toConnection() throws IOException {
    ProtocolFamily family = streamFamily(number());
    try {
      return given(JdkChannels.get().connection(family, number));
    } catch (SocketException e) {
      throw new IOException("Descriptor %d is not, or no longer, connected.".formatted(number), e);
    }
  }

  /** The channel has the number now. */
  private <T extends SelectableChannel> T given(T channel) throws IOException {
    number = NONE;
    channel.configureBlocking(false);
    return channel;
  }

  private static ProtocolFamily streamFamily(int number) throws IOException {
    if (SocketCalls.type(number) != SocketCalls.SOCK_STREAM) {
      throw new IOException("Descriptor %d is not a stream socket.".formatted(number));
    }
    int domain = SocketCalls.domain(number);
    return switch (domain) {
      case SocketCalls.AF_INET -> StandardProtocolFamily.INET;
      case SocketCalls.AF_INET6 -> StandardProtocolFamily.INET6;
      case SocketCalls.AF_UNIX -> StandardProtocolFamily.UNIX;
      default ->
          throw new IOException(
              "Descriptor %d is a socket of address family %d.".formatted(number, domain));
    };
  }

  @Override
  public void close() {
    if (number != NONE) {
      DescriptorCalls.close(number);
      number = NONE;
    }
  }

  @Override
  public String toString() {
    return number == NONE ? "no descriptor" : "descriptor " + number;
  }
}

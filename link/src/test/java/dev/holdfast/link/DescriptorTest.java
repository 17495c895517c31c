package dev.holdfast.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptors are adopted on Linux only")
@Timeout(30)
final class DescriptorTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  /** Adoptions in a row without a descriptor left over. */
  private static final int MANY = 1000;

  @TempDir Path directory;

  private SocketAddress anywhere(StandardProtocolFamily family) throws IOException {
    return switch (family) {
      case INET -> new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
      case INET6 -> new InetSocketAddress(InetAddress.ofLiteral("::1"), 0);
      case UNIX -> UnixDomainSocketAddress.of(directory.resolve("s"));
    };
  }

  private ServerSocketChannel listener(StandardProtocolFamily family) throws IOException {
    return ServerSocketChannel.open(family).bind(anywhere(family));
  }

  private static void write(SocketChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Reads exactly the text, waiting by a selector, as services do. */
  private static String read(SocketChannel channel, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    try (Selector selector = Selector.open()) {
      channel.configureBlocking(false).register(selector, SelectionKey.OP_READ);
      while (bytes.hasRemaining()) {
        assertThat(selector.select(_ -> {}, SOON.toMillis())).isPositive();
        if (channel.read(bytes) < 0) {
          break;
        }
      }
    }
    return UTF_8.decode(bytes.flip()).toString();
  }

  private static SocketChannel accept(ServerSocketChannel listener) throws IOException {
    try (Selector selector = Selector.open()) {
      listener.register(selector, SelectionKey.OP_ACCEPT);
      assertThat(selector.select(_ -> {}, SOON.toMillis())).isPositive();
      return listener.accept();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aListenerGoesOnInAnotherChannelWithItsAddressAndItsQueue(StandardProtocolFamily family)
      throws IOException {
    ServerSocketChannel before = listener(family);
    SocketAddress address = before.getLocalAddress();
    try (SocketChannel waiting = SocketChannel.open(address);
        ServerSocketChannel after = Descriptor.takeFrom(before).toListener()) {
      assertThat(before.isOpen()).isFalse();
      assertThat(after.getLocalAddress()).isEqualTo(address);
      assertThat(after.isBlocking()).isFalse();
      write(waiting, "queued");
      try (SocketChannel accepted = accept(after)) {
        assertThat(read(accepted, 6)).isEqualTo("queued");
      }
      try (SocketChannel later = SocketChannel.open(address);
          SocketChannel accepted = accept(after)) {
        write(accepted, "and later");
        assertThat(read(later, 9)).isEqualTo("and later");
        assertThat(accepted.getLocalAddress()).isEqualTo(address);
        assertThat(accepted.getRemoteAddress()).isEqualTo(later.getLocalAddress());
      }
      assertThat(after.accept()).isNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aConnectionGoesOnInAnotherChannelWithBothAddresses(StandardProtocolFamily family)
      throws IOException {
    try (ServerSocketChannel listener = listener(family);
        SocketChannel client = SocketChannel.open(listener.getLocalAddress())) {
      SocketChannel before = listener.accept();
      SocketAddress local = before.getLocalAddress();
      SocketAddress remote = before.getRemoteAddress();
      write(before, "before ");
      write(client, "half ");
      try (SocketChannel after = Descriptor.takeFrom(before).toConnection()) {
        assertThat(after.getLocalAddress()).isEqualTo(local);
        assertThat(after.getRemoteAddress()).isEqualTo(remote);
        assertThat(after.isConnected()).isTrue();
        assertThat(after.isBlocking()).isFalse();
        write(after, "after");
        assertThat(read(client, 12)).isEqualTo("before after");
        write(client, "and half");
        assertThat(read(after, 13)).isEqualTo("half and half");
        client.shutdownOutput();
        assertThat(read(after, 1)).isEmpty();
        after.shutdownOutput();
        assertThat(read(client, 1)).isEmpty();
      }
    }
  }

  @Test
  void theConnectingSideOfAUnixConnectionKeepsThePathThatItConnectedTo() throws IOException {
    try (ServerSocketChannel listener = listener(StandardProtocolFamily.UNIX)) {
      SocketChannel client = SocketChannel.open(listener.getLocalAddress());
      try (SocketChannel after = Descriptor.takeFrom(client).toConnection()) {
        assertThat(after.getRemoteAddress()).isEqualTo(listener.getLocalAddress());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"INET", "INET6"})
  void socketOptionsWorkOnWhatAnAdoptedListenerAccepts(StandardProtocolFamily family)
      throws IOException {
    try (ServerSocketChannel listener = Descriptor.takeFrom(listener(family)).toListener();
        SocketChannel client = SocketChannel.open(listener.getLocalAddress());
        SocketChannel accepted = accept(listener);
        SocketChannel adopted = Descriptor.copyOf(client).toConnection()) {
      for (SocketChannel channel : new SocketChannel[] {accepted, adopted}) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.IP_TOS, 0x10);
        assertThat(channel.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
        assertThat(channel.getOption(StandardSocketOptions.IP_TOS)).isEqualTo(0x10);
      }
    }
  }

  @Test
  void anIpv4ConnectionToAListenerOfBothFamiliesHasIpv4Addresses() throws IOException {
    try (ServerSocketChannel both = ServerSocketChannel.open().bind(new InetSocketAddress(0));
        ServerSocketChannel listener = Descriptor.copyOf(both).toListener();
        SocketChannel client =
            SocketChannel.open(
                new InetSocketAddress(
                    InetAddress.ofLiteral("127.0.0.1"), both.socket().getLocalPort()));
        SocketChannel adopted = Descriptor.takeFrom(accept(listener)).toConnection()) {
      assertThat(adopted.getRemoteAddress()).isEqualTo(client.getLocalAddress());
      adopted.setOption(StandardSocketOptions.IP_TOS, 0x10);
    }
  }

  @Test
  void closingACopyLeavesTheConnectionToTheOther() throws IOException {
    try (ServerSocketChannel listener = listener(StandardProtocolFamily.INET);
        SocketChannel client = SocketChannel.open(listener.getLocalAddress());
        SocketChannel server = listener.accept()) {
      Descriptor.copyOf(server).toConnection().close();
      write(server, "still here");
      assertThat(read(client, 10)).isEqualTo("still here");
    }
  }

  @Test
  void aChannelThatASelectorStillHasIsNotTaken() throws IOException {
    try (ServerSocketChannel listener = listener(StandardProtocolFamily.INET);
        SocketChannel client = SocketChannel.open(listener.getLocalAddress());
        Selector selector = Selector.open()) {
      SocketChannel server = listener.accept();
      server.configureBlocking(false);
      SelectionKey key = server.register(selector, SelectionKey.OP_READ);
      selector.selectNow();
      assertThatThrownBy(() -> Descriptor.takeFrom(server))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("still registered");
      key.cancel();
      selector.selectNow();
      try (SocketChannel after = Descriptor.takeFrom(server).toConnection()) {
        write(client, "x");
        assertThat(read(after, 1)).isEqualTo("x");
        write(client, "y");
        assertThat(selector.selectNow()).as("the old selector hears nothing").isZero();
        write(after, "z");
        assertThat(read(client, 1)).as("not shut down").isEqualTo("z");
      }
    }
  }

  @Test
  void aThousandAdoptionsLeaveNothingOpen() throws IOException {
    try (ServerSocketChannel listener = listener(StandardProtocolFamily.INET)) {
      adopt(listener, 10); // whatever the JDK opens once
      int before = OpenFiles.count();
      adopt(listener, MANY);
      // Other tests' threads in this process may open or close a few meanwhile.
      assertThat(OpenFiles.count()).isLessThan(before + MANY / 10);
    }
  }

  private static void adopt(ServerSocketChannel first, int times) throws IOException {
    try (Selector selector = Selector.open()) {
      for (int i = 0; i < times; i++) {
        try (ServerSocketChannel listener = Descriptor.copyOf(first).toListener();
            SocketChannel client =
                Descriptor.takeFrom(SocketChannel.open(first.getLocalAddress())).toConnection();
            SocketChannel server = Descriptor.takeFrom(accept(listener)).toConnection()) {
          SelectionKey key = server.register(selector, SelectionKey.OP_READ);
          write(client, "x");
          assertThat(selector.select(_ -> {}, SOON.toMillis())).isOne();
          assertThat(read(server, 1)).isEqualTo("x");
          key.cancel();
          selector.selectNow();
        }
      }
    }
  }

  @Test
  void closingAnAdoptedChannelEndsABlockedReadAndGivesTheDescriptorBack() throws Exception {
    try (ServerSocketChannel listener = listener(StandardProtocolFamily.INET);
        SocketChannel client = SocketChannel.open(listener.getLocalAddress())) {
      for (Thread.Builder threads :
          new Thread.Builder[] {Thread.ofPlatform(), Thread.ofVirtual()}) {
        SocketChannel adopted = Descriptor.copyOf(client).toConnection();
        int number = Descriptor.numberOf(adopted);
        adopted.configureBlocking(true);
        CompletableFuture<Integer> read = new CompletableFuture<>();
        Thread reader =
            threads.start(() -> {
              try {
                read.complete(adopted.read(ByteBuffer.allocate(1)));
              } catch (IOException e) {
                read.completeExceptionally(e);
              }
            });
        await().until(() -> isReading(reader));
        adopted.close();
        assertThatThrownBy(() -> read.get(SOON.toSeconds(), TimeUnit.SECONDS))
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(AsynchronousCloseException.class);
        reader.join();
        assertThat(OpenFiles.isOpen(number)).isFalse();
      }
    }
  }

  private static boolean isReading(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .map(StackTraceElement::getMethodName)
        .anyMatch(method -> method.equals("read0") || method.equals("park"));
  }

  @Test
  void copiesAndInheritedDescriptorsAreClosedInProgramsThatWeStart() throws IOException {
    try (ServerSocketChannel listener = listener(StandardProtocolFamily.INET);
        Descriptor copy = Descriptor.copyOf(listener)) {
      assertThat(OpenFiles.isClosedOnExec(copy.number())).isTrue();
      // The JDK's own sockets aren't: it closes everything in the programs that it starts.
      int number = Descriptor.numberOf(listener);
      assertThat(OpenFiles.isClosedOnExec(number)).isFalse();
      Descriptor.inherited(number);
      assertThat(OpenFiles.isClosedOnExec(number)).isTrue();
    }
  }

  @Test
  void whatIsNoListeningStreamSocketIsRefusedAndStaysOpen() throws IOException {
    Pipe pipe = Pipe.open();
    try (Pipe.SourceChannel source = pipe.source();
        Pipe.SinkChannel _ = pipe.sink();
        DatagramChannel datagrams = DatagramChannel.open();
        SocketChannel unconnected = SocketChannel.open();
        Descriptor datagram = Descriptor.copyOf(datagrams);
        Descriptor socket = Descriptor.copyOf(unconnected);
        Descriptor noSocket = Descriptor.copyOf(source)) {
      assertThatThrownBy(datagram::toListener).hasMessageContaining("is not a stream socket");
      assertThatThrownBy(datagram::toConnection).hasMessageContaining("is not a stream socket");
      assertThatThrownBy(socket::toListener).hasMessageContaining("does not listen");
      assertThatThrownBy(socket::toConnection).hasMessageContaining("not, or no longer, connected");
      assertThatThrownBy(noSocket::toConnection)
          .isInstanceOf(SystemCallException.class)
          .hasMessage("getsockopt: Socket operation on non-socket (error 88)");
      assertThat(OpenFiles.isOpen(socket.number())).isTrue();
    }
  }

  @Test
  void aListenerIsNoConnection() throws IOException {
    try (ServerSocketChannel tcp = listener(StandardProtocolFamily.INET);
        ServerSocketChannel unix = listener(StandardProtocolFamily.UNIX);
        Descriptor first = Descriptor.copyOf(tcp);
        Descriptor second = Descriptor.copyOf(unix)) {
      assertThat(first.isListening()).isTrue();
      assertThatThrownBy(first::toConnection).hasMessageContaining("not, or no longer, connected");
      assertThatThrownBy(second::toConnection).hasMessageContaining("not, or no longer, connected");
    }
  }

  @Test
  @SuppressWarnings("try") // the client's close is what is tested
  void aConnectionThatWasResetIsToldAndStaysToBeClosed() throws IOException {
    try (ServerSocketChannel listener = listener(StandardProtocolFamily.INET);
        SocketChannel client = SocketChannel.open(listener.getLocalAddress());
        SocketChannel server = listener.accept();
        Descriptor dying = Descriptor.copyOf(server)) {
      client.setOption(StandardSocketOptions.SO_LINGER, 0);
      client.close();
      assertThatThrownBy(() -> server.read(ByteBuffer.allocate(1))).isInstanceOf(IOException.class);
      assertThatThrownBy(dying::toConnection).hasMessageContaining("no longer, connected");
      assertThat(OpenFiles.isOpen(dying.number())).isTrue();
    }
  }

  @Test
  void aDescriptorIsGivenOnce() throws IOException {
    try (ServerSocketChannel listener = listener(StandardProtocolFamily.INET)) {
      Descriptor copy = Descriptor.copyOf(listener);
      try (ServerSocketChannel adopted = copy.toListener()) {
        copy.close();
        assertThat(adopted.getLocalAddress()).isEqualTo(listener.getLocalAddress());
        assertThat(OpenFiles.isOpen(Descriptor.numberOf(adopted))).isTrue();
        assertThatThrownBy(copy::toListener).isInstanceOf(IllegalStateException.class);
        assertThat(copy).hasToString("no descriptor");
      }
    }
  }

  @Test
  void aClosedNumberIsToldWithItsError() {
    assertThatThrownBy(() -> Descriptor.inherited(OpenFiles.UNUSED))
        .isInstanceOf(SystemCallException.class)
        .hasMessage("fcntl: Bad file descriptor (error 9)");
  }
}

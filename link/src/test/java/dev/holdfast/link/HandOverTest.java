package dev.holdfast.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.link.DescriptorSocket.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Sockets that go from this JVM to another while somebody uses them. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "connections are handed over on Linux only")
@Timeout(120)
final class HandOverTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int SOON_MILLIS = 30_000;

  /** Connections that wait to be accepted while their listener moves. */
  private static final int WAITING = 40;

  /** Connections moved at once: more than one message takes. */
  private static final int MANY = 300;

  @TempDir Path temporary;

  /**
   * The process that takes over: accepts and echoes, each line with what it did so far in front, so
   * that a test sees who answers. Ends when the one that it took over from closes.
   */
  static final class Successor {
    private Successor() {}

    public static void main(String[] arguments) throws IOException {
      try (DescriptorSocket old = DescriptorSocket.connect(Path.of(arguments[0]));
          Selector selector = Selector.open()) {
        int taken = 0;
        for (boolean more = true; more; ) {
          try (Message message = old.receive(SOON).orElseThrow()) {
            more = UTF_8.decode(message.body()).toString().equals("more");
            taken += message.descriptors().size();
            for (Descriptor descriptor : message.descriptors()) {
              adopt(descriptor, selector);
            }
          }
        }
        old.send(ByteBuffer.wrap(("taken " + taken).getBytes(UTF_8)), List.of(), SOON);
        System.out.println("serving");
        long deadline = System.nanoTime() + SOON.toNanos();
        while (System.in.available() == 0 && System.nanoTime() - deadline < 0) {
          selector.select(key -> serve(key, selector), 50);
        }
      }
    }

    private static void adopt(Descriptor descriptor, Selector selector) throws IOException {
      if (descriptor.isListening()) {
        descriptor.toListener().register(selector, SelectionKey.OP_ACCEPT);
      } else {
        descriptor.toConnection().register(selector, SelectionKey.OP_READ);
      }
    }

    private static void serve(SelectionKey key, Selector selector) {
      try {
        if (key.channel() instanceof ServerSocketChannel listener) {
          for (SocketChannel c = listener.accept(); c != null; c = listener.accept()) {
            c.configureBlocking(false).register(selector, SelectionKey.OP_READ);
          }
        } else if (key.channel() instanceof SocketChannel connection) {
          ByteBuffer bytes = ByteBuffer.allocate(1024);
          if (connection.read(bytes) < 0) {
            connection.close();
          } else {
            connection.write(ByteBuffer.wrap("new:".getBytes(UTF_8)));
            connection.write(bytes.flip());
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Hands over all channels, 253 at a time, and waits until the other has them. */
  private static void handOver(DescriptorSocket to, List<Descriptor> descriptors)
      throws IOException {
    int from = 0;
    while (from < descriptors.size()) {
      int end = Math.min(from + DescriptorSocket.DESCRIPTORS_MOST, descriptors.size());
      String text = end < descriptors.size() ? "more" : "last";
      to.send(ByteBuffer.wrap(text.getBytes(UTF_8)), descriptors.subList(from, end), SOON);
      from = end;
    }
    try (Message answer = to.receive(SOON).orElseThrow()) {
      assertThat(UTF_8.decode(answer.body()).toString()).isEqualTo("taken " + descriptors.size());
    }
    descriptors.forEach(Descriptor::close);
  }

  private static Socket connect(SocketAddress address) throws IOException {
    Socket socket = new Socket();
    socket.connect(address, SOON_MILLIS);
    socket.setSoTimeout(SOON_MILLIS);
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
  }

  private static String read(Socket socket, int length) throws IOException {
    return new String(socket.getInputStream().readNBytes(length), UTF_8);
  }

  private static ServerSocketChannel loopback() throws IOException {
    return ServerSocketChannel.open()
        .bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 2 * WAITING);
  }

  @Test
  void aLiveConnectionMovesToAnotherProcessWithoutItsPeerNoticing() throws Exception {
    try (DescriptorListener handOver = DescriptorListener.open(temporary.resolve("run/s"));
        ServerSocketChannel listener = loopback();
        Socket client = connect(listener.getLocalAddress());
        Selector selector = Selector.open();
        ChildJvm child = ChildJvm.start(Successor.class, handOver.path().toString());
        DescriptorSocket to = handOver.accept()) {
      SocketChannel server = listener.accept();
      SelectionKey key = server.configureBlocking(false).register(selector, SelectionKey.OP_READ);
      write(client, "before");
      assertThat(selector.select(_ -> {}, SOON_MILLIS)).isOne();
      ByteBuffer seen = ByteBuffer.allocate(100);
      assertThat(server.read(seen)).isEqualTo(6);
      server.write(ByteBuffer.wrap("old:".getBytes(UTF_8)));

      key.cancel();
      selector.selectNow();
      write(client, "between"); // while nobody reads
      handOver(to, List.of(Descriptor.takeFrom(server)));

      assertThat(child.line()).isEqualTo("serving");
      assertThat(read(client, 15)).isEqualTo("old:new:between");
      write(client, "after");
      assertThat(read(client, 9)).isEqualTo("new:after");
      assertThat(selector.selectNow()).as("the old process hears nothing any more").isZero();
      child.tell("end");
      assertThat(child.exitStatus()).isZero();
      assertThat(client.getInputStream().read()).as("it ends with its new process").isEqualTo(-1);
    }
  }

  @Test
  void aListenerMovesWithAllConnectionsThatWaitForIt() throws Exception {
    try (DescriptorListener handOver = DescriptorListener.open(temporary.resolve("run/s"));
        ChildJvm child = ChildJvm.start(Successor.class, handOver.path().toString());
        DescriptorSocket to = handOver.accept()) {
      ServerSocketChannel listener = loopback();
      SocketAddress address = listener.getLocalAddress();
      List<Socket> waiting = new ArrayList<>();
      for (int i = 0; i < WAITING; i++) {
        waiting.add(connect(address));
        write(waiting.getLast(), "hello");
      }
      handOver(to, List.of(Descriptor.takeFrom(listener)));
      waiting.add(connect(address));
      write(waiting.getLast(), "hello");
      for (Socket client : waiting) {
        assertThat(read(client, 9)).isEqualTo("new:hello");
        client.close();
      }
      child.tell("end");
      assertThat(child.exitStatus()).isZero();
    }
  }

  @Test
  void hundredsOfConnectionsAndTheirListenerMoveAtOnceAndLeaveNothingOpen() throws Exception {
    try (DescriptorListener handOver = DescriptorListener.open(temporary.resolve("run/s"));
        ChildJvm child = ChildJvm.start(Successor.class, handOver.path().toString());
        DescriptorSocket to = handOver.accept()) {
      int before = OpenFiles.count();
      ServerSocketChannel listener = loopback();
      SocketAddress address = listener.getLocalAddress();
      List<Socket> clients = new ArrayList<>();
      List<Descriptor> descriptors = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        clients.add(connect(address));
        descriptors.add(Descriptor.takeFrom(listener.accept()));
        write(clients.getLast(), "c%03d".formatted(i));
      }
      descriptors.add(Descriptor.takeFrom(listener));
      handOver(to, descriptors);
      assertThat(OpenFiles.count()).as("only the clients' own").isEqualTo(before + MANY);
      for (int i = 0; i < MANY; i++) {
        assertThat(read(clients.get(i), 8)).isEqualTo("new:c%03d".formatted(i));
        clients.get(i).close();
      }
      child.tell("end");
      assertThat(child.exitStatus()).isZero();
    }
  }

  /** Receives more descriptors than it may have open. */
  static final class Crowded {
    private Crowded() {}

    public static void main(String[] arguments) throws IOException {
      try (DescriptorSocket old = DescriptorSocket.connect(Path.of(arguments[0]))) {
        old.receive(SOON).orElseThrow().close(); // all classes are loaded: that takes files, too
        int open = OpenFiles.count();
        new OpenFileLimit(open + 5, OpenFileLimit.read().hard()).set();
        try {
          old.receive(SOON);
        } catch (IOException e) {
          System.out.println(e.getMessage());
        }
        new OpenFileLimit(open + 50, OpenFileLimit.read().hard()).set();
        System.out.println(OpenFiles.count() - open);
      }
    }
  }

  @Test
  void aReceiverWithoutRoomForTheDescriptorsSaysSoAndKeepsNone() throws Exception {
    try (DescriptorListener handOver = DescriptorListener.open(temporary.resolve("run/s"));
        ServerSocketChannel listener = loopback();
        ChildJvm child = ChildJvm.start(Crowded.class, handOver.path().toString());
        DescriptorSocket to = handOver.accept()) {
      List<Descriptor> copies = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        copies.add(Descriptor.copyOf(listener));
      }
      to.send(ByteBuffer.allocate(0), copies.subList(0, 1), SOON);
      to.send(ByteBuffer.allocate(0), copies, SOON);
      copies.forEach(Descriptor::close);
      assertThat(child.line())
          .startsWith("Descriptors sent to this process were lost: it has as many files open");
      // without the connection and its selector, which the failure closed
      assertThat(child.line()).isEqualTo("-3");
      assertThat(child.exitStatus()).isZero();
    }
  }
}

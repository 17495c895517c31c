package dev.holdfast.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.link.Caller;
import dev.holdfast.link.DescriptorSocket;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that answers, reached by one process for another. */
final class RoadPointTest {
  private static final Traveller CLIENT = new Traveller(Town.at(7), true);
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path directory;
  private ServerSocket node = closed();

  private static ServerSocket closed() {
    try {
      return new ServerSocket();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @BeforeEach
  void listen() throws IOException {
    node = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    node.close();
  }

  private Path place() throws IOException {
    Path private0700 = directory.resolve("state");
    dev.holdfast.link.SocketDirectory.secure(private0700, user());
    return private0700.resolve("roads.sock");
  }

  private int user() throws IOException {
    return (int) java.nio.file.Files.getAttribute(directory, "unix:uid");
  }

  private Caller reach(String name, Traveller client) throws IOException {
    if (!name.equals("web1") || !client.equals(CLIENT)) {
      throw new IOException(name + " is offline");
    }
    SocketChannel channel = SocketChannel.open(node.getLocalSocketAddress());
    return Caller.of(channel);
  }

  private static void speak(Caller caller, Socket socket) throws IOException {
    caller.write("from here".getBytes(StandardCharsets.US_ASCII));
    byte[] heard = new DataInputStream(socket.getInputStream()).readNBytes(9);
    assertThat(heard).asString(StandardCharsets.US_ASCII).isEqualTo("from here");
    socket.getOutputStream().write("from there".getBytes(StandardCharsets.US_ASCII));
    while (caller.received().remaining() < 10) {
      caller.await(Caller.deadline(SOON));
    }
    assertThat(StandardCharsets.US_ASCII.decode(caller.received()).toString())
        .isEqualTo("from there");
  }

  @Test
  void whoAsksHasTheNodesConnection() throws Exception {
    try (RoadPoint _ = RoadPoint.open(place(), this::reach);
        Caller caller = RoadPoint.ask(place(), "web1", CLIENT, SOON);
        Socket socket = node.accept()) {
      speak(caller, socket);
    }
  }

  @Test
  void whoAsksForANodeThatIsOfflineIsToldSo() throws Exception {
    try (RoadPoint _ = RoadPoint.open(place(), this::reach)) {
      assertThatThrownBy(() -> RoadPoint.ask(place(), "web2", CLIENT, SOON))
          .hasMessageContaining("offline");
    }
  }

  @Test
  void aProcessThatIsStartingIsWaitedFor() throws Exception {
    CompletableFuture<Caller> asked = new CompletableFuture<>();
    Path place = place();
    Thread asker =
        Thread.ofPlatform()
            .start(() -> {
              try {
                asked.complete(RoadPoint.ask(place, "web1", CLIENT, SOON));
              } catch (IOException e) {
                asked.completeExceptionally(e);
              }
            });
    Awaitility.await().until(() -> asker.getState() == Thread.State.TIMED_WAITING);
    try (RoadPoint _ = RoadPoint.open(place, this::reach);
        Caller caller = asked.get(20, TimeUnit.SECONDS);
        Socket socket = node.accept()) {
      speak(caller, socket);
    }
  }

  @Test
  void whatIsNoQuestionEndsNothingElse() throws Exception {
    try (RoadPoint _ = RoadPoint.open(place(), this::reach)) {
      try (DescriptorSocket rude = DescriptorSocket.connect(place())) {
        rude.send(ByteBuffer.wrap(new byte[] {9, 9, 9}), List.of(), SOON);
        assertThat(rude.receive(SOON)).isEmpty();
      }
      try (Caller caller = RoadPoint.ask(place(), "web1", CLIENT, SOON);
          Socket socket = node.accept()) {
        speak(caller, socket);
      }
    }
  }
}

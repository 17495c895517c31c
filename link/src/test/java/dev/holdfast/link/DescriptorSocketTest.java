package dev.holdfast.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.link.DescriptorSocket.Message;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(value = OS.LINUX, disabledReason = "descriptors are sent on Linux only")
@Timeout(60)
final class DescriptorSocketTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration AT_ONCE = Duration.ofMillis(50);

  @TempDir Path temporary;
  private DescriptorListener listener;
  private DescriptorSocket here;
  private DescriptorSocket there;
  private Descriptor pipe;

  @BeforeEach
  void connect() throws IOException {
    listener = DescriptorListener.open(temporary.resolve("run/s"));
    here = DescriptorSocket.connect(listener.path());
    there = listener.accept();
    Pipe both = Pipe.open();
    pipe = Descriptor.copyOf(both.source());
    both.source().close();
    both.sink().close();
  }

  @AfterEach
  void close() throws IOException {
    pipe.close();
    here.close();
    there.close();
    listener.close();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static String text(Message message) {
    return UTF_8.decode(message.body()).toString();
  }

  private static <T> FutureTask<T> inBackground(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofVirtual().start(task);
    return task;
  }

  private static <T> T result(FutureTask<T> task) throws Exception {
    return task.get(SOON.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void messagesArriveInOrderWithTheirDescriptors() throws IOException {
    for (int i = 0; i < 5; i++) {
      here.send(bytes("message " + i), Collections.nCopies(i, pipe), SOON);
    }
    for (int i = 0; i < 5; i++) {
      try (Message message = there.receive(SOON).orElseThrow()) {
        assertThat(text(message)).isEqualTo("message " + i);
        assertThat(message.descriptors()).hasSize(i);
        for (Descriptor descriptor : message.descriptors()) {
          assertThat(OpenFiles.isClosedOnExec(descriptor.number())).isTrue();
        }
      }
    }
  }

  @Test
  void anEmptyMessageCarriesDescriptorsToo() throws IOException {
    here.send(bytes(""), List.of(pipe), SOON);
    try (Message message = there.receive(SOON).orElseThrow()) {
      assertThat(message.body().hasRemaining()).isFalse();
      assertThat(message.descriptors()).hasSize(1);
    }
  }

  @Test
  void theLargestMessagePassesThroughAFullSocket() throws Exception {
    byte[] body = new byte[DescriptorSocket.BODY_MOST];
    new Random(1).nextBytes(body);
    List<Descriptor> descriptors = Collections.nCopies(DescriptorSocket.DESCRIPTORS_MOST, pipe);
    FutureTask<Boolean> sent =
        inBackground(() -> {
          for (int i = 0; i < 3; i++) {
            here.send(ByteBuffer.wrap(body), descriptors, SOON);
          }
          return true;
        });
    for (int i = 0; i < 3; i++) {
      try (Message message = there.receive(SOON).orElseThrow()) {
        assertThat(message.body()).isEqualTo(ByteBuffer.wrap(body));
        assertThat(message.descriptors()).hasSize(DescriptorSocket.DESCRIPTORS_MOST);
      }
    }
    assertThat(result(sent)).isTrue();
  }

  @Test
  void aLargerMessageIsNotSent() throws IOException {
    ByteBuffer large = ByteBuffer.allocate(DescriptorSocket.BODY_MOST + 1);
    assertThatThrownBy(() -> here.send(large, List.of(), SOON))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("1048577 bytes");
    List<Descriptor> many = Collections.nCopies(DescriptorSocket.DESCRIPTORS_MOST + 1, pipe);
    assertThatThrownBy(() -> here.send(bytes(""), many, SOON))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("254 descriptors");
    here.send(bytes("still open"), List.of(), SOON);
    assertThat(there.receive(SOON)).isPresent();
  }

  @Test
  void descriptorsThatNobodyTookAreClosedWithTheirMessage() throws IOException {
    int before = OpenFiles.count();
    here.send(bytes("x"), Collections.nCopies(100, pipe), SOON);
    Message message = there.receive(SOON).orElseThrow();
    assertThat(OpenFiles.count()).isEqualTo(before + 100);
    message.close();
    assertThat(OpenFiles.count()).isEqualTo(before);
  }

  @Test
  void descriptorsOnTheirWayAreClosedWithTheConnection() throws IOException {
    Pipe both = Pipe.open();
    here.send(bytes("never read"), List.of(Descriptor.copyOf(both.sink())), SOON);
    both.sink().close();
    there.close();
    assertThatThrownBy(() -> here.send(bytes("more"), List.of(), SOON))
        .isInstanceOf(SystemCallException.class)
        .hasMessage("sendmsg: Broken pipe (error 32)");
    both.source().close();
  }

  @Test
  void theEndIsToldApartFromAnEndWithinAMessage() throws Exception {
    here.send(bytes("last"), List.of(), SOON);
    here.close();
    assertThat(there.receive(SOON)).isPresent();
    assertThat(there.receive(SOON)).isEmpty();

    for (int cut = 1; cut < 10; cut++) {
      try (Raw raw = new Raw();
          DescriptorSocket ours = listener.accept()) {
        raw.write(message(4, 0, "body"), cut);
        raw.channel.close();
        assertThatThrownBy(() -> ours.receive(SOON)).isInstanceOf(EOFException.class);
      }
    }
  }

  @Test
  void aMessageComesTogetherFromSingleBytes() throws Exception {
    try (Raw raw = new Raw();
        DescriptorSocket ours = listener.accept()) {
      FutureTask<Optional<Message>> received = inBackground(() -> ours.receive(SOON));
      for (byte b : message(4, 0, "body").array()) {
        raw.write(ByteBuffer.wrap(new byte[] {b}), 1);
      }
      assertThat(text(result(received).orElseThrow())).isEqualTo("body");
    }
  }

  @Test
  void aMessageAnnouncedTooLargeIsRefusedUnread() throws IOException {
    for (int length : new int[] {DescriptorSocket.BODY_MOST + 1, -1}) {
      try (Raw raw = new Raw();
          DescriptorSocket ours = listener.accept()) {
        raw.write(message(length, 0, ""), 6);
        assertThatThrownBy(() -> ours.receive(SOON))
            .hasMessage("The other process announced a message of %d bytes.".formatted(length));
      }
    }
  }

  @Test
  void descriptorsThatWereNotAnnouncedAreRefusedAndClosed() throws IOException {
    for (int announced : new int[] {0, 2}) {
      try (Raw raw = new Raw();
          DescriptorSocket ours = listener.accept()) {
        int before = OpenFiles.count();
        raw.send(message(4, announced, "body"), List.of(pipe));
        assertThatThrownBy(() -> ours.receive(SOON)).hasMessageContaining("had not announced");
        // the refusal closed the connection with its selector: socket, epoll, eventfd
        assertThat(OpenFiles.count()).isEqualTo(before - 3);
      }
    }
  }

  @Test
  void descriptorsInTheMiddleOfAMessageAreRefusedAndClosed() throws IOException {
    try (Raw raw = new Raw();
        DescriptorSocket ours = listener.accept()) {
      int before = OpenFiles.count();
      raw.write(message(4, 0, "body"), 7);
      raw.send(bytes("ody"), List.of(pipe));
      assertThatThrownBy(() -> ours.receive(SOON)).hasMessageContaining("had not announced");
      assertThat(OpenFiles.count()).isEqualTo(before - 3);
    }
  }

  @Test
  void waitingEndsInTime() throws Exception {
    assertThatThrownBy(() -> there.receive(AT_ONCE)).isInstanceOf(SocketTimeoutException.class);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 100; i++) { // more than the system's buffer takes
                here.send(ByteBuffer.allocate(DescriptorSocket.BODY_MOST), List.of(), AT_ONCE);
              }
            })
        .isInstanceOf(IOException.class);

    try (DescriptorSocket sender = DescriptorSocket.connect(listener.path());
        DescriptorSocket _ = listener.accept()) {
      assertThatThrownBy(() ->
              sender.send(ByteBuffer.allocate(DescriptorSocket.BODY_MOST), List.of(), AT_ONCE))
          .isInstanceOf(SocketTimeoutException.class);
      assertThatThrownBy(() -> sender.send(bytes("x"), List.of(), SOON))
          .as("closed, as the other end would read the rest of the first message")
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void aWaitIsAtMostAnHour() throws IOException {
    assertThatThrownBy(() -> there.receive(DescriptorSocket.WAIT_MOST.plusNanos(1)))
        .isInstanceOf(IllegalArgumentException.class);
    here.send(bytes("x"), List.of(), DescriptorSocket.WAIT_MOST);
    assertThat(there.receive(DescriptorSocket.WAIT_MOST)).isPresent();
  }

  @Test
  void anInterruptEndsTheWaitOfAnyThread() throws Exception {
    for (Thread.Builder builder : new Thread.Builder[] {Thread.ofPlatform(), Thread.ofVirtual()}) {
      try (DescriptorSocket mine = DescriptorSocket.connect(listener.path());
          DescriptorSocket _ = listener.accept()) {
        FutureTask<Optional<Message>> received = new FutureTask<>(() -> mine.receive(SOON));
        Thread thread = builder.start(received);
        thread.interrupt();
        assertThatThrownBy(() -> result(received))
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(InterruptedIOException.class);
      }
    }
  }

  @Test
  void bothEndsSeeWhomTheyTalkTo() {
    Peer self = new Peer((int) ProcessHandle.current().pid(), Peer.ownUser(), here.peer().group());
    assertThat(here.peer()).isEqualTo(self);
    assertThat(there.peer()).isEqualTo(self);
  }

  @Test
  void onlyTheSameUserAndRootAreTrusted() {
    assertThat(new Peer(1, 1000, 1000).isTrustedBy(1000)).isTrue();
    assertThat(new Peer(1, 0, 0).isTrustedBy(1000)).isTrue();
    assertThat(new Peer(1, 1001, 1000).isTrustedBy(1000)).isFalse();
    assertThat(new Peer(0, -1, -1).isTrustedBy(1000)).as("not connected").isFalse();
    assertThat(new Peer(1, 1000, 1000).isTrustedBy(0)).isFalse();
  }

  @Test
  void nobodyListeningIsToldWithThePath() throws IOException {
    Path path = listener.path();
    listener.close();
    assertThatThrownBy(() -> DescriptorSocket.connect(path))
        .isInstanceOf(ConnectException.class)
        .hasMessage("No process answers at %s (No such file or directory).".formatted(path));
  }

  @Test
  void aListenerThatAcceptsNobodyIsToldAtOnce() throws IOException {
    List<DescriptorSocket> waiting = new ArrayList<>();
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < DescriptorListener.BACKLOG + 2; i++) {
                waiting.add(DescriptorSocket.connect(listener.path()));
              }
            })
        .isInstanceOf(ConnectException.class)
        .hasMessageContaining("No process answers at " + listener.path());
    assertThat(waiting).hasSize(DescriptorListener.BACKLOG + 1); // the kernel takes one more
    for (DescriptorSocket socket : waiting) {
      socket.close();
    }
  }

  private static ByteBuffer message(int length, int descriptors, String body) {
    return ByteBuffer.allocate(6 + body.length())
        .putInt(length)
        .putShort((short) descriptors)
        .put(bytes(body))
        .flip();
  }

  /** A peer that sends what it likes. */
  private final class Raw implements AutoCloseable {
    private final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);

    Raw() throws IOException {
      channel.connect(UnixDomainSocketAddress.of(listener.path()));
    }

    void write(ByteBuffer bytes, int most) throws IOException {
      ByteBuffer some = bytes.slice(0, most);
      while (some.hasRemaining()) {
        channel.write(some);
      }
    }

    void send(ByteBuffer bytes, List<Descriptor> descriptors) throws IOException {
      SocketMessage message = new SocketMessage(bytes.remaining());
      message.bytes().put(bytes).flip();
      assertThat(message.send(Descriptor.numberOf(channel), descriptors))
          .isEqualTo(message.bytes().limit());
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}

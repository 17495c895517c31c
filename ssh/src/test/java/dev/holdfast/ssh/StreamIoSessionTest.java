package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.common.io.IoHandler;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class StreamIoSessionTest {
  private static final int RING = 1024;

  private final Pipe pipe = new Pipe(RING);
  private final Handler handler = new Handler();
  private final StreamAcceptor acceptor =
      new StreamAcceptor(
          handler,
          new RekeyLimit(Long.MAX_VALUE, Duration.ZERO),
          new Startups(ServerSettings.DEFAULTS, new Random(1)));
  private IoSession session;

  @BeforeEach
  void start() throws Exception {
    acceptor.accept(pipe.server, "", new Identification("SSH-2.0-x", true));
    session = acceptor.getManagedSessions().values().iterator().next();
  }

  @Test
  void theIdentificationIsDroppedIfItWasSentAlready() throws Exception {
    write("SSH-2.0-x\r\n");
    write("next");
    assertThat(read(4)).isEqualTo("next");
  }

  @Test
  void theIdentificationCountsAsWrittenBeforeTheStreamHasTakenIt() throws Exception {
    Pipe narrow = new Pipe(4);
    acceptor.accept(narrow.server, "", new Identification("SSH-2.0-x", false));
    IoSession other =
        acceptor.getManagedSessions().values().stream()
            .filter(s -> !s.equals(session))
            .findAny()
            .get();
    IoWriteFuture first = other.writeBuffer(new ByteArrayBuffer(new byte[100]));
    assertThat(first.isWritten()).isTrue();
    assertThat(other.writeBuffer(new ByteArrayBuffer(new byte[1])).isDone()).isFalse();
  }

  @Test
  void anotherIdentificationThanWasSentIsAnError() {
    assertThatThrownBy(() -> write("SSH-2.0-y\r\n")).isInstanceOf(IOException.class);
  }

  @Test
  void aWriteIsCompleteOnceTheStreamHasTakenIt() throws Exception {
    write("SSH-2.0-x\r\n");
    IoWriteFuture large = write("x".repeat(3 * RING));
    assertThat(large.isDone()).isFalse();
    read(3 * RING);
    await().until(large::isWritten);
  }

  @Test
  void whileReadingIsSuspendedNothingIsHandedOver() throws Exception {
    handler.suspendAfterFirst = true;
    send("a");
    await().until(() -> handler.received().equals("a"));
    send("b");
    await().during(Duration.ofMillis(200)).until(() -> handler.received().equals("a"));
    session.resumeRead();
    await().until(() -> handler.received().equals("ab"));
  }

  @Test
  void anOutputThatIsShutDownLeavesTheInputOpen() throws Exception {
    write("SSH-2.0-x\r\n");
    write("last");
    session.shutdownOutputStream();
    assertThat(read(4)).isEqualTo("last");
    assertThat(pipe.client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    send("a");
    await().until(() -> handler.received().equals("a"));
  }

  @Test
  void aGracefulCloseSendsWhatWasWritten() throws Exception {
    write("SSH-2.0-x\r\n");
    IoWriteFuture large = write("x".repeat(3 * RING));
    session.close(false);
    assertThat(write("late").getException()).isNotNull();
    assertThat(read(3 * RING)).hasSize(3 * RING);
    await().until(() -> large.isWritten() && session.isClosed());
    assertThat(pipe.client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    assertThat(acceptor.getManagedSessions()).isEmpty();
    assertThat(handler.closed).isTrue();
  }

  @Test
  void anImmediateCloseDropsWhatTheStreamHasNotTaken() throws Exception {
    write("SSH-2.0-x\r\n");
    write("x".repeat(3 * RING));
    IoWriteFuture behind = write("y");
    session.close(true);
    assertThat(session.isClosed()).isTrue();
    assertThat(behind.getException()).isNotNull();
  }

  @Test
  void aCloseEndsAReaderThatIsSuspended() throws Exception {
    session.suspendRead();
    send("a");
    session.close(true);
    await().until(() -> session.isClosed() && acceptor.getManagedSessions().isEmpty());
  }

  @Test
  void thePeersEndIsOurEnd() throws Exception {
    pipe.client.shutdownOutput();
    await().until(session::isClosed);
  }

  @Test
  void aStreamThatFailsIsToldToTheHandler() throws Exception {
    pipe.vanish();
    await().until(session::isClosed);
    assertThat(handler.failure.get()).isInstanceOf(IOException.class);
  }

  @Test
  void anAcceptorThatClosesEndsItsConnections() {
    acceptor.close(true);
    assertThat(session.isClosed()).isTrue();
  }

  private IoWriteFuture write(String text) throws IOException {
    return session.writeBuffer(new ByteArrayBuffer(text.getBytes(US_ASCII)));
  }

  private void send(String text) throws IOException {
    pipe.client.write(ByteBuffer.wrap(text.getBytes(US_ASCII)));
  }

  private String read(int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining()) {
      assertThat(pipe.client.read(bytes)).isPositive();
    }
    return new String(bytes.array(), US_ASCII);
  }

  /** Stands for MINA: keeps what it is told. */
  private static final class Handler implements IoHandler {
    final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final Queue<String> received = new ConcurrentLinkedQueue<>();
    volatile boolean closed;
    volatile boolean suspendAfterFirst;

    String received() {
      return String.join("", received);
    }

    @Override
    public void sessionCreated(IoSession session) {}

    @Override
    public void sessionClosed(IoSession session) {
      closed = true;
    }

    @Override
    public void exceptionCaught(IoSession session, Throwable cause) {
      failure.set(cause);
    }

    @Override
    public void messageReceived(IoSession session, Readable message) {
      Buffer bytes = new ByteArrayBuffer();
      bytes.putBuffer(message);
      if (suspendAfterFirst) {
        suspendAfterFirst = false;
        session.suspendRead();
      }
      received.add(new String(bytes.getCompactData(), US_ASCII));
    }
  }
}

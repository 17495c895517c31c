package dev.holdfast.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.ssh.ClientEnd.Output;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What sessions that share one connection do to each other. */
@Timeout(60)
final class SharedConnectionTest {
  private static final int HALF_WINDOW = ClientEnd.WINDOW / 2;

  private final KeyPair host = SshKeys.generateEd25519();
  private final KeyPair key = SshKeys.generateEd25519();
  private final BlockingQueue<Writer> begun = new LinkedBlockingQueue<>();
  private final ServerEngine server =
      ServerEngine.serve(List.of(host), Authenticator.only(key.getPublic()), this::session);
  private final ClientEngine client = ClientEngine.start(RekeyMeter.DEFAULT_LIMIT);

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  /** Its window opens while the other's output fills the way to the client. */
  @Test
  void aSessionWhoseWindowOpensWhileTheWayIsFullIsToldWhenItIsNot() throws Exception {
    Pipe pipe = new Pipe(16 * 1024);
    Tap tap = new Tap(pipe.client);
    server.accept(pipe.server);
    Target target =
        new Target(
            "me", List.of(key), HostKeyCheck.only(host.getPublic()), false, Duration.ofSeconds(30));
    try (ClientConnection connection = client.connect(tap, target)) {
      RemoteCommand command = connection.start("one");
      Writer one = begun.take();
      connection.start("other");
      Writer other = begun.take();

      await().until(() -> one.write() && one.sent == ClientEnd.WINDOW);
      await().until(() -> unwritten() == 0);
      assertThat(one.client.isWritable()).isFalse();
      tap.shut();
      await().until(() -> other.write() && unwritten() >= WriteQueue.ROOM);
      int told = one.told.get();
      assertThat(command.stdout().readNBytes(HALF_WINDOW)).hasSize(HALF_WINDOW);
      command.stdin().write('x');
      command.stdin().flush();
      await().until(() -> one.input.get() == 1); // and before it what was said of the window
      assertThat(one.told.get()).isEqualTo(told);
      tap.open();

      await().until(() -> one.told.get() > told);
      assertThat(one.client.isWritable()).isTrue();
    }
  }

  private SessionAnswer session(SessionStart start, ClientEnd client) {
    Writer writer = new Writer(client);
    begun.add(writer);
    return new SessionAnswer.Served(writer);
  }

  private long unwritten() {
    return server.server.acceptor().getManagedSessions().values().stream()
        .mapToLong(session -> ((StreamIoSession) session).unwritten())
        .sum();
  }

  /** Sends zeros when it is told to, and counts what it is told. */
  private static final class Writer implements ServedSession {
    final ClientEnd client;
    final AtomicInteger told = new AtomicInteger();
    final AtomicInteger input = new AtomicInteger();
    long sent;

    Writer(ClientEnd client) {
      this.client = client;
    }

    /** As much as there is room for; always true. */
    boolean write() throws IOException {
      int count = client.write(Output.STDOUT, (target, offset, length) -> length);
      while (count != ClientEnd.NO_ROOM) {
        sent += count;
        count = client.write(Output.STDOUT, (target, offset, length) -> length);
      }
      return true;
    }

    @Override
    public void begin() {}

    @Override
    public int input(byte[] bytes, int offset, int length) {
      input.addAndGet(length);
      return length;
    }

    @Override
    public void inputEnded() {}

    @Override
    public void resize(WindowSize size) {}

    @Override
    public void signal(String name) {}

    @Override
    public boolean sendBreak(Duration length) {
      return false;
    }

    @Override
    public void writable() {
      told.incrementAndGet();
    }

    @Override
    public void closed() {}
  }
}

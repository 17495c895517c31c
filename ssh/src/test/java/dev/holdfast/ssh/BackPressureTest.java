package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A peer that does not read costs a bounded amount of memory. */
@Timeout(60)
final class BackPressureTest {
  private static final int BYTES = 64 << 20;
  private static final int PACKET = (int) Settings.MOST_PACKET_DATA + 64;
  private static final Duration LONG_ENOUGH = Duration.ofMillis(300);

  @Test
  void aProgramWaitsWhileThePeerDoesNotRead() throws Exception {
    try (Rig rig = new Rig(new CopyPrograms())) {
      Pipe pipe = new Pipe(16 * 1024);
      Tap tap = new Tap(pipe.client);
      rig.server.accept(pipe.server);
      ClientConnection connection = rig.client.connect(tap, rig.target());
      RemoteCommand source = connection.start("source " + BYTES + " 1");
      CompletableFuture<String> digest = CompletableFuture.supplyAsync(() -> drain(source));

      tap.shut();
      await().until(() -> unwritten(rig) >= WriteQueue.ROOM);
      await().during(LONG_ENOUGH).until(() -> unwritten(rig) < WriteQueue.ROOM + PACKET);
      tap.open();

      assertThat(source.await()).isEqualTo(new Exit.Status(0));
      assertThat(source.stderr().readAllBytes())
          .isEqualTo((digest.get() + "\n").getBytes(US_ASCII));
    }
  }

  /** Far more than the 2 MiB window are written; neither the window nor memory grows. */
  @Test
  void aProgramThatDoesNotReadHoldsItsClientUpAtTheWindow() throws Exception {
    CompletableFuture<ChannelInput> stdin = new CompletableFuture<>();
    CompletableFuture<Integer> goOn = new CompletableFuture<>();
    Programs lazy =
        (login, request) ->
            call -> {
              stdin.complete((ChannelInput) call.stdin());
              goOn.join();
              CopyPrograms.copy(call.stdin(), OutputStream.nullOutputStream());
              return 0;
            };
    try (Rig rig = new Rig(lazy);
        ClientConnection connection = rig.connect(new Pipe())) {
      RemoteCommand command = connection.start("lazy");
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(() -> fill(command.stdin(), BYTES));
      await().until(() -> stdin.get().available() == 2 << 20);
      await().during(LONG_ENOUGH).until(() -> stdin.get().available() == 2 << 20);
      assertThat(stdin.get().capacity()).isEqualTo(2 << 20);
      goOn.complete(0);
      writing.get();
      assertThat(command.await()).isEqualTo(new Exit.Status(0));
    }
  }

  /** Each packet of an unknown type is answered (RFC 4253 11.4); the stranger reads no answer. */
  @Test
  void aStrangerThatAsksAndDoesNotReadTheAnswersLosesTheConnection() throws Exception {
    try (Rig rig = new Rig(new CopyPrograms())) {
      Pipe pipe = new Pipe(4 * 1024);
      rig.server.accept(pipe.server);
      pipe.client.write(ByteBuffer.wrap("SSH-2.0-stranger\r\n".getBytes(US_ASCII)));
      byte[] packet = {0, 0, 0, 12, 10, (byte) 192, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
      int answersThatFit = (int) StreamIoSession.LIMIT_UNAUTHENTICATED / packet.length;
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 2 * answersThatFit; i++) {
                  assertThat(unwritten(rig)).isLessThan(StreamIoSession.LIMIT_UNAUTHENTICATED + 1);
                  pipe.client.write(ByteBuffer.wrap(packet));
                }
              })
          .isInstanceOf(IOException.class);
      await().until(() -> rig.server.connections() == 0);
    }
  }

  private static long unwritten(Rig rig) {
    return rig.server.server.acceptor().getManagedSessions().values().stream()
        .mapToLong(session -> ((StreamIoSession) session).unwritten())
        .sum();
  }

  private static String drain(RemoteCommand command) {
    try {
      return CopyPrograms.copy(command.stdout(), OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void fill(OutputStream stdin, long bytes) {
    try (stdin) {
      CopyPrograms.copy(CopyPrograms.bytes(bytes, 1), stdin);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

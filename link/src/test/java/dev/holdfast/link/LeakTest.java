package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is left when gates and clients are closed, and what cancelled things cost meanwhile. */
@Timeout(60)
final class LeakTest {
  @Test
  void closedGateAndClientLeaveNoThreadAndNoDescriptor() throws Exception {
    useAll();
    long once = OpenFiles.sockets();
    for (int i = 0; i < 5; i++) {
      useAll();
    }
    await().untilAsserted(() -> assertThat(OpenFiles.sockets()).isLessThanOrEqualTo(once));
    await()
        .untilAsserted(() ->
            assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(it -> it.getName().matches("gate-.*|streams|network watch")));
  }

  private static void useAll() throws Exception {
    try (Rig rig = new Rig()) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      Rig.exchange(program, rig.accept(), "SSH-2.0-Test\r\n");
      rig.relay.cut();
      Rig.write(program, Rig.ascii("again"));
      Socket plain = rig.plain();
      plain.getOutputStream().write(Rig.ascii("SSH-2.0-Plain\r\n"));
      rig.accept();
    }
  }

  @Test
  void resumeOnAnotherLoopLeavesNothingOpen() throws Exception {
    try (Rig rig = new Rig()) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      Socket server = rig.accept();
      for (int i = 0; i < 9; i++) {
        Rig.exchange(program, server, "SSH-2.0-Test\r\n");
        rig.relay.cut();
      }
      Rig.exchange(program, server, "done");
      await().untilAsserted(() -> assertThat(OpenFiles.sockets()).isLessThan(16));
    }
  }

  @Test
  void programThatReadsWakesUpWhenItsClientIsClosed() throws Exception {
    try (Rig rig = new Rig()) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      rig.accept();
      CompletableFuture<Throwable> failure = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              program.read(ByteBuffer.allocate(1));
            } catch (IOException e) {
              failure.complete(e);
            }
          });
      rig.client.close();
      assertThat(failure.get()).isInstanceOf(StreamEndedException.class);
    }
  }

  @Test
  void openingThatIsNotAnsweredLeavesNothing() throws Exception {
    try (ServerSocket mute = new ServerSocket(0);
        StreamClient client = StreamClient.start(1 << 20, fault -> {})) {
      ClientSettings settings =
          new ClientSettings(
              new Destination("127.0.0.1", mute.getLocalPort()),
              ClientSettings.Resume.V2,
              Duration.ofMillis(200),
              null,
              Map.of(),
              event -> {});
      assertThatThrownBy(() -> client.connect(settings, wait -> null))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("did not answer");
      try (Socket socket = mute.accept()) {
        socket.setSoTimeout(5000);
        socket.getInputStream().readAllBytes();
      }
    }
  }

  @Test
  void cancelledTimersDoNotPileUp() throws Exception {
    try (Loop loop = Loop.start("timers", fault -> {})) {
      CompletableFuture<Integer> kept = new CompletableFuture<>();
      loop.execute(() -> {
        for (int i = 0; i < 100_000; i++) {
          loop.at(Long.MAX_VALUE - i, () -> {}).cancel();
        }
        kept.complete(loop.timers());
      });
      assertThat(kept.get()).isLessThanOrEqualTo(64);
    }
  }
}

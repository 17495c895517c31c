package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Programs whose own threads, platform threads, wait at the connection. */
@Timeout(120)
final class OwnReaderTest {
  private static final int MUCH = 16 << 20;

  @Test
  void acknowledgementsAreHeardWhileTheProgramOnlyWrites() throws Exception {
    try (Rig rig = new Rig()) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      Socket server = rig.accept();
      Rig.exchange(program, server, "hello");
      CompletableFuture<byte[]> read =
          CompletableFuture.supplyAsync(() -> all(server), Thread::startVirtualThread);
      program.write(ByteBuffer.allocate(MUCH));
      program.shutdownOutput();
      assertThat(read.get()).hasSize(MUCH);
    }
  }

  @Test
  void bytesAreAcknowledgedWhileTheProgramDoesNotRead() throws Exception {
    try (Rig rig = new Rig()) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      Socket server = rig.accept();
      Rig.exchange(program, server, "hello");
      server.getOutputStream().write(new byte[100_000]);
      await().until(() -> rig.gate.values().bytesLent() == 0);
      assertThat(Rig.read(program, 100_000)).hasSize(100_000);
    }
  }

  @Test
  void threadThatWaitsLongGoesOnOverTheNextLink() throws Exception {
    try (Rig rig = new Rig()) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      Socket server = rig.accept();
      Rig.exchange(program, server, "hello");
      CompletableFuture<byte[]> read = new CompletableFuture<>();
      Thread reader = reader(program, read);
      awaitSelecting(reader);
      rig.relay.cut();
      await().until(() -> rig.gateSaw(GateEvent.Resumed.class));
      server.getOutputStream().write(Rig.ascii("again"));
      assertThat(read.get()).isEqualTo(Rig.ascii("again"));
    }
  }

  /** Else nobody would hear that the server has everything, and has finished as well. */
  @Test
  void theLoopReadsAgainAfterTheWaitWasEnded() throws Exception {
    try (Rig rig = new Rig()) {
      StreamClient.Connection connection = rig.connection(ClientSettings.Resume.V2);
      Duplex program = connection.duplex();
      Socket server = rig.accept();
      Rig.exchange(program, server, "hello");
      awaitSelecting(reader(program, new CompletableFuture<>()));
      program.close();
      assertThat(server.getInputStream().read()).isEqualTo(-1);
      server.close();
      assertThat(connection.ending().await(Rig.PATIENCE.toNanos())).isTrue();
    }
  }

  @Test
  void closingEndsTheWait() throws Exception {
    try (Rig rig = new Rig()) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      Rig.exchange(program, rig.accept(), "hello");
      CompletableFuture<byte[]> read = new CompletableFuture<>();
      awaitSelecting(reader(program, read));
      program.close();
      assertThatThrownBy(read::get).hasCauseInstanceOf(IOException.class);
    }
  }

  private static Thread reader(Duplex program, CompletableFuture<byte[]> read) {
    return Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            read.complete(Rig.read(program, 5));
          } catch (IOException e) {
            read.completeExceptionally(e);
          }
        });
  }

  /** Until the thread waits in a selector of its own. */
  private static void awaitSelecting(Thread thread) {
    await()
        .until(() -> {
          for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getClassName().contains("EPoll")) {
              return true;
            }
          }
          return false;
        });
  }

  private static byte[] all(Socket server) {
    try {
      return server.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}

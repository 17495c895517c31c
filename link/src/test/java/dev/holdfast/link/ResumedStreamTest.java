package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.holdfast.stream.ClientOpeningV1;
import dev.holdfast.stream.KeyExchangeV1;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams through a gate over a network that breaks. */
@Timeout(120)
final class ResumedStreamTest {
  private static final Executor BESIDE = task -> Thread.ofVirtual().start(task);
  private static final String LINE = "SSH-2.0-Test_1.0\r\n";

  @Test
  void streamOfVersion2SurvivesItsLinks() throws Exception {
    survives(ClientSettings.Resume.V2, 2);
  }

  @Test
  void streamFoundByProbeSurvivesItsLinks() throws Exception {
    survives(ClientSettings.Resume.AUTO, 2);
  }

  @Test
  void streamOfVersion1SurvivesItsLinks() throws Exception {
    survives(ClientSettings.Resume.V1, 1);
  }

  @Test
  void aClientThatIsFullSaysSoAndHasRoomAgainWhenOneHasEnded() throws Exception {
    try (Rig rig = new Rig(UnaryOperator.identity(), 2)) {
      Duplex first = rig.connect(ClientSettings.Resume.V2);
      Socket server = rig.accept();
      Rig.exchange(first, server, LINE);
      rig.connect(ClientSettings.Resume.V1);
      for (ClientSettings.Resume resume :
          new ClientSettings.Resume[] {ClientSettings.Resume.V2, ClientSettings.Resume.V1}) {
        assertThatThrownBy(() -> rig.connect(resume))
            .isInstanceOf(IOException.class)
            .hasMessage(
                "This process has 2 connections that survive their links, and room for no more; end"
                    + " some, or start another process.");
      }
      first.close();
      server.close();
      await().ignoreExceptions().until(() -> rig.connect(ClientSettings.Resume.V2) != null);
    }
  }

  private static void survives(ClientSettings.Resume resume, int version) throws Exception {
    try (Rig rig = new Rig()) {
      Duplex program = rig.connect(resume);
      Socket server = rig.accept();
      Rig.exchange(program, server, LINE);
      assertThat(rig.gateEvents)
          .anyMatch(it -> it instanceof GateEvent.Opened opened && opened.version() == version);
      for (int i = 0; i < 5; i++) {
        rig.relay.cut();
        Rig.exchange(program, server, "after cut " + i);
      }
      program.close();
      assertThat(server.getInputStream().read()).isEqualTo(-1);
      server.close();
      await().until(() -> rig.gateSaw(GateEvent.Ended.class));
      await().until(() -> rig.gate.values().bytesLent() == 0);
    }
  }

  @Test
  void lateIdentificationIsTakenUpInBand() throws Exception {
    try (Rig rig = new Rig();
        Socket client = rig.plain()) {
      client.getOutputStream().write(Detector.PROBE);
      Rig.read(client.getInputStream(), 20);
      client.getOutputStream().write(Rig.ascii(LINE.substring(7)));
      Socket server = rig.accept();
      assertThat(Rig.read(server.getInputStream(), LINE.length())).isEqualTo(Rig.ascii(LINE));
      server.getOutputStream().write(Rig.ascii("Welcome\r\nSSH-2.0-Server\r\nKEX"));
      String lines = "Welcome\r\nSSH-2.0-Server\r\n";
      assertThat(Rig.read(client.getInputStream(), lines.length())).isEqualTo(Rig.ascii(lines));
      client.setSoTimeout(100);
      assertThatThrownBy(() -> client.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      client.setSoTimeout((int) Rig.PATIENCE.toMillis());
      client.getOutputStream().write(Rig.ascii("plain after all"));
      assertThat(Rig.read(server.getInputStream(), 15)).isEqualTo(Rig.ascii("plain after all"));
      assertThat(Rig.read(client.getInputStream(), 3)).isEqualTo(Rig.ascii("KEX"));
    }
  }

  @Test
  void clientWhoseProbeAndLineCameTogetherResumesByItsComment() throws Exception {
    try (Rig rig = new Rig()) {
      String line = "SSH-2.0-Test_1.0 resume-v2\r\n";
      rig.relay.together.set(line.length());
      FutureTask<Duplex> connecting =
          new FutureTask<>(() -> rig.connect(ClientSettings.Resume.AUTO, line));
      Thread.ofVirtual().start(connecting);
      Socket server = rig.accept();
      assertThat(Rig.read(server.getInputStream(), line.length())).isEqualTo(Rig.ascii(line));
      server.getOutputStream().write(Rig.ascii(LINE));
      Duplex program = connecting.get();
      rig.relay.together.set(0);
      assertThat(Rig.read(program, LINE.length())).isEqualTo(Rig.ascii(LINE));
      Rig.write(program, Rig.ascii(line));
      rig.relay.cut();
      Rig.exchange(program, server, "after a cut");
    }
  }

  @Test
  void bothDirectionsHalfCloseOnTheirOwn() throws Exception {
    try (Rig rig = new Rig()) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      Socket server = rig.accept();
      Rig.exchange(program, server, LINE);
      program.shutdownOutput();
      assertThat(server.getInputStream().read()).isEqualTo(-1);
      server.getOutputStream().write(Rig.ascii("still here"));
      assertThat(Rig.read(program, 10)).isEqualTo(Rig.ascii("still here"));
      server.shutdownOutput();
      assertThat(program.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      await().until(() -> rig.gateSaw(GateEvent.Ended.class));
      assertThat(rig.gateEvents)
          .anyMatch(it -> it instanceof GateEvent.Ended ended && ended.why() == null);
    }
  }

  @Test
  void serverThatFinishesFirstLeavesTheOtherDirectionOpen() throws Exception {
    try (Rig rig = new Rig()) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      Socket server = rig.accept();
      Rig.exchange(program, server, LINE);
      server.shutdownOutput();
      assertThat(program.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      Rig.write(program, Rig.ascii("still here"));
      assertThat(Rig.read(server.getInputStream(), 10)).isEqualTo(Rig.ascii("still here"));
    }
  }

  @Test
  void clientIsToldThatTheServerCantBeReached() throws Exception {
    try (Rig rig = new Rig()) {
      rig.server.close();
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      assertThatThrownBy(() -> program.read(ByteBuffer.allocate(1)))
          .isInstanceOf(StreamEndedException.class)
          .hasMessageContaining("can't be reached");
    }
  }

  @Test
  void outputOfServerThatDiedWhileTheLinkWasAwayIsDelivered() throws Exception {
    try (Rig rig = new Rig()) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      Socket server = rig.accept();
      Rig.exchange(program, server, LINE);
      rig.relay.cutAfter.set(0);
      rig.relay.cut();
      await().until(() -> rig.gate.values().detached() == 1);
      server.getOutputStream().write(Rig.ascii("last words"));
      await().until(() -> rig.gate.values().bytesLent() > 0);
      server.setSoLinger(true, 0);
      server.close();
      Rig.write(program, Rig.ascii("to nobody"));
      rig.relay.work();
      assertThat(Rig.read(program, 10)).isEqualTo(Rig.ascii("last words"));
      assertThat(program.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      program.close();
      await().until(() -> rig.gate.values().bytesLent() == 0);
    }
  }

  @Test
  void resetAtEachByteOfTheHandshakeIsSurvivedOnceTheStreamIsOpen() throws Exception {
    try (Rig rig = new Rig()) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      Socket server = rig.accept();
      Rig.exchange(program, server, LINE);
      for (int bytes = 0; bytes < 260; bytes += 7) {
        rig.relay.cutAfter.set(bytes);
        int before = rig.relay.connections.get();
        rig.relay.cut();
        await().until(() -> rig.relay.connections.get() > before);
        Rig.write(program, Rig.ascii("key"));
        rig.relay.work();
        assertThat(Rig.read(server.getInputStream(), 3)).isEqualTo(Rig.ascii("key"));
      }
      Rig.exchange(program, server, "at the end");
    }
  }

  /** The proof of a damaged hello is wrong: the gate can only say that it knows no such stream. */
  @Test
  void aBitThatFlipsInAHelloDoesNotEndTheStream() throws Exception {
    try (Rig rig = new Rig()) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      Socket server = rig.accept();
      Rig.exchange(program, server, LINE);
      for (int round = 0; round < 5; round++) {
        rig.relay.flipAfter.set(0);
        int before = rig.relay.connections.get();
        rig.relay.cut();
        await().until(() -> rig.relay.connections.get() > before);
        Rig.exchange(program, server, "after flip " + round + "\n");
      }
    }
  }

  @Test
  void bulkBothWaysSurvivesResetsAndDamageAtRandomBytes() throws Exception {
    try (Rig rig = new Rig()) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      Socket server = rig.accept();
      byte[] up = random(1, 12 << 20);
      byte[] down = random(2, 12 << 20);
      Random random = new Random(5);
      rig.relay.cutAfter.set(300_000);
      rig.relay.flipAfter.set(5_000_000);
      CompletableFuture<byte[]> atServer =
          CompletableFuture.supplyAsync(() -> exchanged(server, down, up.length), BESIDE);
      CompletableFuture<Void> writer =
          CompletableFuture.runAsync(() -> written(program, up), BESIDE);
      ByteBuffer got = ByteBuffer.allocate(down.length);
      while (got.hasRemaining()) {
        assertThat(program.read(got)).isPositive();
        rig.relay.cutAfter.set(200_000 + random.nextInt(1_000_000));
      }
      writer.get();
      assertThat(atServer.get()).isEqualTo(up);
      assertThat(got.array()).isEqualTo(down);
      assertThat(rig.relay.connections.get()).isGreaterThan(10);
      rig.relay.work();
      program.close();
      server.close();
      await().until(() -> rig.gate.values().bytesLent() == 0);
    }
  }

  private static byte[] exchanged(Socket server, byte[] down, int up) {
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              try {
                server.getOutputStream().write(down);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            },
            BESIDE);
    try {
      byte[] got = Rig.read(server.getInputStream(), up);
      writer.join();
      return got;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void written(Duplex program, byte[] bytes) {
    try {
      Rig.write(program, bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] random(int seed, int bytes) {
    byte[] all = new byte[bytes];
    new Random(seed).nextBytes(all);
    return all;
  }

  @Test
  void silenceIsNoticedAndAnotherConnectionTaken() throws Exception {
    try (Rig rig = new Rig()) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      Socket server = rig.accept();
      Rig.exchange(program, server, LINE);
      rig.relay.swallow();
      Rig.write(program, Rig.ascii("into the void"));
      await().until(() -> rig.clientSaw(ClientEvent.Suspected.class));
      rig.relay.work();
      assertThat(Rig.read(server.getInputStream(), 13)).isEqualTo(Rig.ascii("into the void"));
      await().until(() -> rig.clientSaw(ClientEvent.Resumed.class));
    }
  }

  @Test
  void slowLinkThatSpeaksAgainIsKept() throws Exception {
    try (Rig rig = new Rig()) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      Socket server = rig.accept();
      Rig.exchange(program, server, LINE);
      rig.relay.holdAnswers();
      rig.relay.refuse();
      Rig.write(program, Rig.ascii("late"));
      assertThat(Rig.read(server.getInputStream(), 4)).isEqualTo(Rig.ascii("late"));
      await().until(() -> rig.clientSaw(ClientEvent.Suspected.class));
      rig.relay.letGo();
      await().until(() -> rig.clientSaw(ClientEvent.Recovered.class));
      Rig.exchange(program, server, "on the same link");
      assertThat(rig.clientSaw(ClientEvent.Resumed.class)).isFalse();
      assertThat(rig.relay.connections).hasValue(1);
    }
  }

  @Test
  void networkThatDiesOftenIsNoticedAsSoonEachTime() throws Exception {
    try (Rig rig = new Rig()) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      Socket server = rig.accept();
      Rig.exchange(program, server, LINE);
      for (int i = 0; i < 5; i++) {
        rig.clientEvents.clear();
        rig.relay.swallow();
        Rig.write(program, Rig.ascii("void"));
        await()
            .atMost(Duration.ofSeconds(3))
            .until(() -> rig.clientSaw(ClientEvent.Suspected.class));
        rig.relay.work();
        assertThat(Rig.read(server.getInputStream(), 4)).isEqualTo(Rig.ascii("void"));
        await().until(() -> rig.clientSaw(ClientEvent.Resumed.class));
      }
    }
  }

  @Test
  void clientOfVersion1ThatWaitsForItsLineOpensAStream() throws Exception {
    try (Rig rig = new Rig();
        Socket client = rig.plain()) {
      ClientOpeningV1 opening =
          ClientOpeningV1.fresh(KeyExchangeV1.fresh(new java.security.SecureRandom()));
      client.getOutputStream().write(Rig.ascii("SSH-2.0-"));
      byte[] heard = new byte[0];
      while (!(opening.read(ByteBuffer.wrap(heard)) instanceof ClientOpeningV1.Step.Opened it)) {
        heard = Arrays.copyOf(heard, heard.length + 1);
        heard[heard.length - 1] = Rig.read(client.getInputStream(), 1)[0];
      }
      assertThat(rig.gateSaw(GateEvent.Opened.class)).isFalse();
      client.getOutputStream().write(it.reply());
      rig.accept();
      await()
          .until(() ->
              rig.gateEvents.stream()
                  .anyMatch(
                      event -> event instanceof GateEvent.Opened opened && opened.version() == 1));
    }
  }

  @Test
  void helloBehindTheIdentificationLineOpensAStream() throws Exception {
    try (Rig rig = new Rig()) {
      rig.relay.holdAnswers();
      CompletableFuture<Duplex> connecting =
          CompletableFuture.supplyAsync(() -> connected(rig), BESIDE);
      Socket server = rig.accept();
      assertThat(Rig.read(server.getInputStream(), LINE.length())).isEqualTo(Rig.ascii(LINE));
      server.getOutputStream().write(Rig.ascii("Welcome\r\n" + LINE + "KEX"));
      rig.relay.letGo();
      Duplex program = connecting.get();
      Rig.write(program, Rig.ascii(LINE));
      String said = "Welcome\r\n" + LINE + "KEX";
      assertThat(Rig.read(program, said.length())).isEqualTo(Rig.ascii(said));
      Rig.exchange(program, server, "in the stream");
      rig.relay.cut();
      Rig.exchange(program, server, "over another link");
      assertThat(rig.gateSaw(GateEvent.Resumed.class)).isTrue();
    }
  }

  private static Duplex connected(Rig rig) {
    try {
      return rig.connect(ClientSettings.Resume.AUTO);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void defectOfTheClientsOwnCostsALinkAndNotTheStream() throws Exception {
    try (Rig rig = new Rig()) {
      AtomicBoolean failed = new AtomicBoolean();
      Duplex program =
          rig.connect(
              ClientSettings.Resume.V2,
              LINE,
              event -> {
                rig.clientEvents.add(event);
                if (event instanceof ClientEvent.Resumed && !failed.getAndSet(true)) {
                  throw new IllegalStateException("a defect");
                }
              });
      Socket server = rig.accept();
      Rig.exchange(program, server, LINE);
      rig.relay.cut();
      await().untilTrue(failed);
      Rig.exchange(program, server, "all the same");
      assertThat(rig.clientEvents)
          .anyMatch(it -> it instanceof ClientEvent.Lost lost && lost.why().contains("a defect"));
    }
  }

  @Test
  void clientThatComesBackTooLateIsToldWhy() throws Exception {
    try (Rig rig = new Rig(it -> withStrangerPatience(it, Duration.ofMillis(100)))) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      Rig.exchange(program, rig.accept(), LINE);
      rig.relay.cutAfter.set(0);
      rig.relay.cut();
      await().until(() -> rig.gateSaw(GateEvent.Ended.class));
      rig.relay.work();
      assertThatThrownBy(() -> program.read(ByteBuffer.allocate(1)))
          .isInstanceOf(StreamEndedException.class)
          .hasMessageContaining("waited");
    }
  }

  private static GateSettings withStrangerPatience(GateSettings it, Duration patience) {
    return new GateSettings(
        it.listen(),
        it.target(),
        it.preamble(),
        it.v1(),
        it.patience(),
        patience,
        it.unusedPatience(),
        it.arrivalDeadline(),
        it.memory(),
        it.mostStreams(),
        it.mostArrivals(),
        it.backlog(),
        it.loops());
  }

  @Test
  void slowReaderAtEitherEndIsNotDrownedAndLosesNothing() throws Exception {
    try (Rig rig = new Rig()) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      Socket server = rig.accept();
      byte[] bulk = random(7, 64 << 20);
      CompletableFuture<Void> up = CompletableFuture.runAsync(() -> written(program, bulk), BESIDE);
      CompletableFuture<byte[]> atServer = new CompletableFuture<>();
      Thread down =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  server.getOutputStream().write(bulk);
                } catch (IOException e) {
                  atServer.completeExceptionally(e);
                }
              });
      await().until(() -> rig.gate.values().bytesLent() > 100_000);
      // A window grows while kernels' buffers fill; it stays far below what is on its way.
      await().during(Duration.ofMillis(300)).until(() -> rig.gate.values().bytesLent() < 16 << 20);
      assertThat(up).isNotDone();
      assertThat(Rig.read(server.getInputStream(), bulk.length)).isEqualTo(bulk);
      assertThat(Rig.read(program, bulk.length)).isEqualTo(bulk);
      up.get();
      down.join();
      await().until(() -> rig.gate.values().bytesLent() == 0);
    }
  }

  @Test
  void closeOfProgramDuringOutageIsDelivered() throws Exception {
    try (Rig rig = new Rig()) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      Socket server = rig.accept();
      Rig.exchange(program, server, LINE);
      rig.relay.cutAfter.set(0);
      rig.relay.cut();
      await().until(() -> rig.gate.values().detached() == 1);
      Rig.write(program, Rig.ascii("bye"));
      program.close();
      rig.relay.work();
      assertThat(Rig.read(server.getInputStream(), 3)).isEqualTo(Rig.ascii("bye"));
      assertThat(server.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void programThatClosesWithoutReadingLeavesNoGhost() throws Exception {
    try (Rig rig = new Rig()) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      Socket server = rig.accept();
      Rig.exchange(program, server, LINE);
      Thread chatter = Thread.ofVirtual().start(() -> chatter(server));
      await().until(() -> rig.gate.values().bytesLent() > 0);
      program.close();
      assertThat(server.getInputStream().read()).isEqualTo(-1);
      chatter.join(Duration.ofSeconds(5));
      assertThat(chatter.isAlive()).isFalse();
      await().until(() -> rig.gateSaw(GateEvent.Ended.class));
      await().until(() -> rig.gate.values().bytesLent() == 0);
    }
  }

  /** Talks until nobody listens. */
  private static void chatter(Socket server) {
    try {
      while (true) {
        server.getOutputStream().write(new byte[64 * 1024]);
      }
    } catch (SocketException e) {
      // Closed, as it should be.
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void streamThatTheGateDoesNotKnowEndsWithOneSentence() throws Exception {
    try (Rig rig = new Rig(it -> it.withPatience(Duration.ofMillis(50)))) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      Rig.exchange(program, rig.accept(), LINE);
      rig.relay.cutAfter.set(0);
      rig.relay.cut();
      await().until(() -> rig.gateSaw(GateEvent.Ended.class));
      rig.relay.work();
      assertThatThrownBy(() -> program.read(ByteBuffer.allocate(1)))
          .isInstanceOf(StreamEndedException.class);
    }
  }

  @Test
  void oldestDetachedStreamGoesWhenMemoryIsShort() throws Exception {
    try (Rig rig = new Rig(it -> withMemory(it, 600_000))) {
      Duplex program = rig.connect(ClientSettings.Resume.V2);
      Socket server = rig.accept();
      Rig.exchange(program, server, LINE);
      rig.relay.cutAfter.set(0);
      rig.relay.cut();
      await().until(() -> rig.gate.values().detached() == 1);
      Thread chatter = Thread.ofVirtual().start(() -> chatter(server));
      await().until(() -> rig.gate.values().evicted() == 1);
      await().until(() -> rig.gate.values().bytesLent() == 0);
      chatter.join(Duration.ofSeconds(5));
      rig.relay.work();
      assertThatThrownBy(() -> program.read(ByteBuffer.allocate(1)))
          .isInstanceOf(StreamEndedException.class)
          .hasMessageContaining("memory");
    }
  }

  private static GateSettings withMemory(GateSettings it, long memory) {
    return new GateSettings(
        it.listen(),
        it.target(),
        it.preamble(),
        it.v1(),
        it.patience(),
        it.strangerPatience(),
        it.unusedPatience(),
        it.arrivalDeadline(),
        memory,
        it.mostStreams(),
        it.mostArrivals(),
        it.backlog(),
        it.loops());
  }
}

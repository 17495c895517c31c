package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.holdfast.stream.HelloV2;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A gate and clients that know nothing of resumption, and strangers. */
final class GatePlainTest {
  private static final byte[] BANNER = Rig.ascii("SSH-2.0-OpenSSH_9.2p1 Debian\r\n");

  @Test
  void plainClientIsJoinedUntouchedWhateverItsLineEnding() throws Exception {
    try (Rig rig = new Rig()) {
      for (String said :
          List.of("SSH-2.0-PuTTY\r\nKEX", "SSH-2.0-old\nKEX", "GET / HTTP/1.0\r\n")) {
        Socket client = rig.plain();
        client.getOutputStream().write(Rig.ascii(said));
        expectJoined(rig, client, said);
      }
    }
  }

  @Test
  void identificationMayBeCutAnywhere() throws Exception {
    try (Rig rig = new Rig()) {
      String said = "SSH-2.0-OpenSSH_9.2\r\nKEXINIT";
      for (int cut = 1; cut <= 12; cut++) {
        Socket client = rig.plain();
        OutputStream out = client.getOutputStream();
        out.write(Rig.ascii(said.substring(0, cut)));
        byte[] announcement = new byte[0];
        if (cut == 7) {
          announcement = Rig.read(client.getInputStream(), 20);
          assertThat(announcement).isEqualTo(Rig.ascii("holdfast-resume v2\r\n"));
        }
        if (cut == 8) {
          continue;
        }
        out.write(Rig.ascii(said.substring(cut)));
        expectJoined(rig, client, said);
      }
    }
  }

  @Test
  void clientThatOnlySaysThatItKnowsResumptionIsJoinedUntouched() throws Exception {
    try (Rig rig = new Rig()) {
      Socket client = rig.plain();
      String line = "SSH-2.0-Holdfast resume-v2\r\n";
      client.getOutputStream().write(Rig.ascii(line));
      assertThat(Rig.read(client.getInputStream(), 20))
          .isEqualTo(Rig.ascii("holdfast-resume v2\r\n"));
      client.getOutputStream().write(Rig.ascii("KEXINIT"));
      expectJoined(rig, client, line + "KEXINIT");
    }
  }

  private static void expectJoined(Rig rig, Socket client, String said) throws IOException {
    Socket server = rig.accept();
    server.getOutputStream().write(BANNER);
    assertThat(Rig.read(server.getInputStream(), said.length())).isEqualTo(Rig.ascii(said));
    assertThat(Rig.read(client.getInputStream(), BANNER.length)).isEqualTo(BANNER);
    client.shutdownOutput();
    assertThat(server.getInputStream().read()).isEqualTo(-1);
    server.getOutputStream().write(BANNER);
    server.shutdownOutput();
    assertThat(client.getInputStream().readAllBytes()).isEqualTo(BANNER);
  }

  @Test
  void silentClientGetsTheServersBanner() throws Exception {
    try (Rig rig = new Rig()) {
      Socket client = rig.plain();
      rig.accept().getOutputStream().write(BANNER);
      assertThat(Rig.read(client.getInputStream(), BANNER.length)).isEqualTo(BANNER);
    }
  }

  @Test
  void clientThatIsKnownToSpeakFirstIsWaitedFor() throws Exception {
    try (Rig rig = new Rig();
        Socket late = adopted(rig, true);
        Socket silent = adopted(rig, false)) {
      rig.accept().getOutputStream().write(BANNER);
      assertThat(Rig.read(silent.getInputStream(), BANNER.length)).isEqualTo(BANNER);
      assertThat(late.getInputStream().available()).isZero();
      String said = "SSH-2.0-late\r\nKEX";
      late.getOutputStream().write(Rig.ascii(said));
      expectJoined(rig, late, said);
    }
  }

  /** A client whose connection came to the gate otherwise than at its port. */
  private static Socket adopted(Rig rig, boolean speaksFirst) throws IOException {
    try (ServerSocketChannel elsewhere = ServerSocketChannel.open().bind(Rig.loopback(0))) {
      Socket client = new Socket();
      client.connect(elsewhere.getLocalAddress());
      client.setSoTimeout((int) Rig.PATIENCE.toMillis());
      rig.gate.adopt(elsewhere.accept(), client.getLocalSocketAddress(), speaksFirst);
      return client;
    }
  }

  @Test
  void plainClientWithBulkAndSlowReaderLosesNothing() throws Exception {
    try (Rig rig = new Rig()) {
      Socket client = rig.plain();
      client.getOutputStream().write(BANNER);
      Socket server = rig.accept();
      Rig.read(server.getInputStream(), BANNER.length);
      byte[] bulk = new byte[20 << 20];
      new Random(3).nextBytes(bulk);
      Thread writer = Thread.ofVirtual().start(() -> write(server, bulk));
      assertThat(Rig.read(client.getInputStream(), bulk.length)).isEqualTo(bulk);
      writer.join();
    }
  }

  private static void write(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void clientWhoseServerCantBeReachedIsClosed() throws Exception {
    try (Rig rig = new Rig()) {
      rig.server.close();
      Socket client = rig.plain();
      client.getOutputStream().write(BANNER);
      assertThat(client.getInputStream().read()).isEqualTo(-1);
      await().until(() -> rig.gateSaw(GateEvent.Unreachable.class));
    }
  }

  @Test
  void strangersAreGoneAfterTheDeadline() throws Exception {
    try (Rig rig = new Rig(it -> withDeadline(it, Duration.ofMillis(700)))) {
      List<Socket> strangers = new ArrayList<>();
      byte[] preface = HelloV2.preface();
      for (int i = 0; i < 50; i++) {
        Socket stranger = rig.plain();
        strangers.add(stranger);
        stranger.getOutputStream().write(Arrays.copyOf(preface, 9 + i % 18));
      }
      await().until(() -> rig.gate.values().arriving() == 50);
      for (Socket stranger : strangers) {
        assertThat(stranger.getInputStream().read()).isEqualTo(-1);
      }
      await().until(() -> rig.gate.values().arriving() == 0);
    }
  }

  @Test
  void clientsOfVersion1ThatSayNothingMoreCountAsStrangers() throws Exception {
    try (Rig rig = new Rig(it -> withDeadline(it, Duration.ofSeconds(1)))) {
      Socket stranger = rig.plain();
      stranger.getOutputStream().write(Rig.ascii("SSH-2.0-"));
      assertThat(Rig.read(stranger.getInputStream(), 8)).isEqualTo(Rig.ascii("SSH-2.0-"));
      assertThat(rig.gate.values().arriving()).isEqualTo(1);
      stranger.getInputStream().readAllBytes();
      await().until(() -> rig.gate.values().arriving() == 0);
    }
  }

  @Test
  void oldestStrangerMakesWay() throws Exception {
    try (Rig rig = new Rig(it -> withMostArrivals(it, 3))) {
      List<Socket> strangers = new ArrayList<>();
      for (int i = 1; i <= 4; i++) {
        Socket stranger = rig.plain();
        stranger.getOutputStream().write(Arrays.copyOf(HelloV2.preface(), 12));
        int arriving = Math.min(i, 3);
        await().until(() -> rig.gate.values().arriving() == arriving);
        strangers.add(stranger);
      }
      assertThat(strangers.getFirst().getInputStream().read()).isEqualTo(-1);
      assertThat(rig.gate.values().arriving()).isEqualTo(3);
    }
  }

  @Test
  void drainedGateTakesNoNewClientsAndThoseItHasGoOn() throws Exception {
    try (Rig rig = new Rig()) {
      Socket client = rig.plain();
      client.getOutputStream().write(BANNER);
      Socket server = rig.accept();
      Rig.read(server.getInputStream(), BANNER.length);
      rig.gate.drain();
      try (Socket late = rig.plain()) {
        late.getOutputStream().write(BANNER);
        assertThat(late.getInputStream().read()).isEqualTo(-1);
      }
      server.getOutputStream().write(BANNER);
      assertThat(Rig.read(client.getInputStream(), BANNER.length)).isEqualTo(BANNER);
      assertThat(rig.gate.isIdle()).isFalse();
      client.close();
      server.close();
      await().until(rig.gate::isIdle);
    }
  }

  static GateSettings withDeadline(GateSettings it, Duration deadline) {
    return new GateSettings(
        it.listen(),
        it.target(),
        it.preamble(),
        it.v1(),
        it.patience(),
        it.strangerPatience(),
        it.unusedPatience(),
        deadline,
        it.memory(),
        it.mostStreams(),
        it.mostArrivals(),
        it.backlog(),
        it.loops());
  }

  static GateSettings withMostArrivals(GateSettings it, int most) {
    return new GateSettings(
        it.listen(),
        it.target(),
        it.preamble(),
        it.v1(),
        it.patience(),
        it.strangerPatience(),
        it.unusedPatience(),
        it.arrivalDeadline(),
        it.memory(),
        it.mostStreams(),
        most,
        it.backlog(),
        it.loops());
  }
}

package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelOutputStream;
import org.apache.sshd.common.session.helpers.AbstractSession;
import org.apache.sshd.core.CoreModuleProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Our client and our server over a stream in memory. */
@Timeout(60)
final class EngineTest {
  private static final int MEGABYTES_64 = 64 << 20;

  /** As MaxAuthTries is by default. */
  private static final int MOST_KEYS = 6;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void aCommandGetsItsInputAndGivesItsOutputsAndStatus() throws Exception {
    Programs programs =
        (login, request) ->
            call -> {
              call.stdin().transferTo(call.stdout());
              call.stderr().write((login.user() + " " + request).getBytes(UTF_8));
              return 7;
            };
    try (Rig rig = new Rig(programs);
        ClientConnection connection = rig.connect(new Pipe())) {
      assertThat(exec(connection, "a command", "some input")).isEqualTo(new Exit.Status(7));
      assertThat(out.toString(UTF_8)).isEqualTo("some input");
      assertThat(err.toString(UTF_8)).isEqualTo("me Exec[command=a command]");
      assertThat(connection.serverIdentification()).isEqualTo("SSH-2.0-Holdfast");
    }
  }

  @Test
  void sixtyFourMegabytesArriveUnchangedEachWayAtOnce() throws Exception {
    try (Rig rig = new Rig(new CopyPrograms());
        ClientConnection connection = rig.connect(new Pipe())) {
      CompletableFuture<Void> up = CompletableFuture.runAsync(() -> upload(connection));
      Exit exit =
          connection.exec("source " + MEGABYTES_64 + " 1", InputStream.nullInputStream(), out, err);
      up.get();
      assertThat(exit).isEqualTo(new Exit.Status(0));
      assertThat(out.size()).isEqualTo(MEGABYTES_64);
      assertThat(sha256(new ByteArrayInputStream(out.toByteArray())))
          .isEqualTo(err.toString(UTF_8));
    }
  }

  private static void upload(ClientConnection connection) {
    ByteArrayOutputStream digest = new ByteArrayOutputStream();
    try {
      connection.exec(
          "sink", CopyPrograms.bytes(MEGABYTES_64, 2), digest, OutputStream.nullOutputStream());
      assertThat(digest.toString(UTF_8)).isEqualTo(sha256(CopyPrograms.bytes(MEGABYTES_64, 2)));
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void chaffIsAnsweredAndChangesNothing() throws Exception {
    try (Rig rig = new Rig(new CopyPrograms());
        ClientConnection connection = rig.connect(new Pipe())) {
      assertThat(connection.takesChaff()).isTrue();
      connection.ping().get(30, TimeUnit.SECONDS);
      long before = connection.heardNanos();
      connection.chaff();
      await().until(() -> connection.heardNanos() != before);
      connection.ping().get(30, TimeUnit.SECONDS);
      assertThat(exec(connection, "echo", "as before")).isEqualTo(new Exit.Status(0));
      assertThat(out.toString(UTF_8)).isEqualTo("as before");
    }
  }

  @Test
  void aServerThatWasClosedHasNoConnectionsToEnd() {
    Rig rig = new Rig(new CopyPrograms());
    rig.close();
    assertThat(rig.server.end(login -> true, "Never said.")).isZero();
    assertThat(rig.server.connections()).isZero();
  }

  @Test
  void manyCommandsRunInOneConnectionAtOnce() throws Exception {
    try (Rig rig = new Rig(new CopyPrograms());
        ClientConnection connection = rig.connect(new Pipe())) {
      List<RemoteCommand> running =
          List.of(connection.start("echo"), connection.start("echo"), connection.start("echo"));
      for (RemoteCommand command : running) {
        command.stdin().write(running.indexOf(command));
        command.stdin().flush();
      }
      for (RemoteCommand command : running) {
        assertThat(command.stdout().read()).isEqualTo(running.indexOf(command));
        command.stdin().close();
        assertThat(command.await()).isEqualTo(new Exit.Status(0));
      }
    }
  }

  @Test
  void aProgramThatFailsEndsWithStatus255() throws Exception {
    Programs programs =
        (login, request) ->
            call -> {
              throw new IllegalStateException("bug");
            };
    try (Rig rig = new Rig(programs);
        ClientConnection connection = rig.connect(new Pipe())) {
      assertThat(exec(connection, "x", "")).isEqualTo(new Exit.Status(255));
    }
  }

  @Test
  void aCommandThatTheServerDoesNotHaveIsRefused() throws Exception {
    try (Rig rig = new Rig((login, request) -> null);
        ClientConnection connection = rig.connect(new Pipe())) {
      assertThat(connection.start("x").await()).isEqualTo(new Exit.Refused());
      assertThat(connection.start("y").await()).isEqualTo(new Exit.Refused());
    }
  }

  @Test
  void anUnknownHostKeyIsRefusedBeforeAnyKeyOfTheUserIsShown() throws Exception {
    KeyPair other = SshKeys.generateEd25519();
    CountDownLatch asked = new CountDownLatch(1);
    try (Rig rig = new Rig(new CopyPrograms());
        ServerEngine impostor =
            ServerEngine.start(
                List.of(other),
                (login, key) -> {
                  asked.countDown();
                  return true;
                },
                new CopyPrograms())) {
      Pipe pipe = new Pipe();
      impostor.accept(pipe.server);
      assertFails(rig, pipe, rig.target(), SshFailure.Kind.HOST_KEY);
      assertThat(asked.getCount()).isEqualTo(1);
      await().until(() -> impostor.connections() == 0);
    }
  }

  @Test
  void aWrongUserKeyIsRefused() throws Exception {
    try (Rig rig = new Rig(new CopyPrograms())) {
      Pipe pipe = new Pipe();
      rig.server.accept(pipe.server);
      Target target = withKey(rig, SshKeys.generateEd25519());
      assertFails(rig, pipe, target, SshFailure.Kind.AUTHENTICATION);
      await().until(() -> rig.server.connections() == 0);
    }
  }

  @Test
  void aShortRsaKeyIsRefusedEvenIfItIsOnTheList() throws Exception {
    KeyPair weak = rsa(SshKeys.LEAST_RSA_BITS - 8);
    KeyPair strong = rsa(SshKeys.LEAST_RSA_BITS);
    Authenticator both = Authenticator.only(weak.getPublic(), strong.getPublic());
    try (Rig rig = new Rig(new CopyPrograms());
        ServerEngine server = ServerEngine.start(List.of(rig.hostKey), both, new CopyPrograms())) {
      Pipe pipe = new Pipe();
      server.accept(pipe.server);
      assertFails(rig, pipe, withKey(rig, weak), SshFailure.Kind.AUTHENTICATION);

      Pipe next = new Pipe();
      server.accept(next.server);
      rig.client.connect(next.client, withKey(rig, strong)).close();
    }
  }

  @Test
  void aStreamThatEndsDuringTheLoginIsToldFromARefusal() throws Exception {
    try (Rig rig = new Rig(new CopyPrograms())) {
      Pipe pipe = new Pipe();
      pipe.server.close();
      assertFails(rig, pipe, rig.target(), SshFailure.Kind.CONNECTION);
    }
  }

  @Test
  void aServerThatSaysNothingExhaustsThePatience() throws Exception {
    try (Rig rig = new Rig(new CopyPrograms())) {
      Target hasty =
          new Target(
              "me",
              List.of(rig.userKey),
              HostKeyCheck.only(rig.hostKey.getPublic()),
              false,
              Duration.ofMillis(100));
      assertFails(rig, new Pipe(), hasty, SshFailure.Kind.TIMEOUT);
    }
  }

  @Test
  void whenTheClientClosesTheServersProgramIsInterruptedAndTheConnectionForgotten()
      throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    try (Rig rig = new Rig(hanging(started, interrupted))) {
      ClientConnection connection = rig.connect(new Pipe());
      connection.start("hang");
      assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
      connection.close();
      assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
      await().until(() -> rig.server.connections() == 0);
    }
  }

  @Test
  void whenTheServerClosesTheClientsCommandFails() throws Exception {
    try (Rig rig = new Rig(new CopyPrograms())) {
      ClientConnection connection = rig.connect(new Pipe());
      RemoteCommand echo = connection.start("echo");
      rig.server.close();
      assertThatThrownBy(() -> echo.stdout().read()).isInstanceOf(IOException.class);
      assertThat(echo.await()).isEqualTo(new Exit.Unknown());
    }
  }

  @Test
  void whenThePeerVanishesInTheMiddleBothSidesEnd() throws Exception {
    try (Rig rig = new Rig(new CopyPrograms())) {
      Pipe pipe = new Pipe();
      ClientConnection connection = rig.connect(pipe);
      RemoteCommand source = connection.start("source " + Long.MAX_VALUE + " 1");
      source.stdout().readNBytes(1 << 20);
      pipe.vanish();
      assertThatThrownBy(() -> source.stdout().transferTo(OutputStream.nullOutputStream()))
          .isInstanceOf(IOException.class);
      assertThat(source.await()).isEqualTo(new Exit.Unknown());
      await().until(() -> rig.server.connections() == 0);
    }
  }

  @Test
  void aConnectionThatEndedRefusesCommands() throws Exception {
    try (Rig rig = new Rig(new CopyPrograms())) {
      ClientConnection connection = rig.connect(new Pipe());
      connection.close();
      assertThatThrownBy(() -> connection.start("echo")).isInstanceOf(IOException.class);
    }
  }

  /** Else output would be collected until there is such a packet. */
  @Test
  void howLargeAPacketAPeerTakesIsNotBelievedBeyondOurOwnLimit() throws Exception {
    try (Rig rig = new Rig(new CopyPrograms())) {
      CoreModuleProperties.MAX_PACKET_SIZE.set(rig.client.client, 100L << 20);
      CoreModuleProperties.MAX_PACKET_SIZE.set(rig.server.server, 100L << 20);
      RemoteCommand command = rig.connect(new Pipe()).start("echo");
      Channel atClient = ((ChannelOutputStream) command.stdin()).getChannel();
      assertThat(packetSize(atClient)).isEqualTo(Settings.MOST_PACKET_DATA);
      assertThat(packetSize(onlyChannel(rig.server))).isEqualTo(Settings.MOST_PACKET_DATA);
    }
  }

  private static Channel onlyChannel(ServerEngine server) {
    AbstractSession session = server.server.getActiveSessions().getFirst();
    return session.getService(ServerChannels.class).getChannels().iterator().next();
  }

  private static long packetSize(Channel channel) {
    return channel.getRemoteWindow().getPacketSize();
  }

  @Test
  void aConnectionHasSoManyChannelsAndNoMore() throws Exception {
    try (Rig rig = new Rig(new CopyPrograms());
        ClientConnection connection = rig.connect(new Pipe())) {
      RemoteCommand first = connection.start("echo");
      for (int i = 1; i < ServerChannels.MOST; i++) {
        connection.start("echo");
      }
      assertThatThrownBy(() -> connection.start("echo")).isInstanceOf(IOException.class);
      first.stdin().close();
      assertThat(first.await()).isEqualTo(new Exit.Status(0));
      await().untilAsserted(() -> connection.start("echo").close());
    }
  }

  @Test
  void aClientMayOfferSoManyKeysAndNoMore() throws Exception {
    try (Rig rig = new Rig(new CopyPrograms())) {
      Pipe pipe = new Pipe();
      rig.server.accept(pipe.server);
      rig.client.connect(pipe.client, withKeys(rig, MOST_KEYS)).close();

      Pipe next = new Pipe();
      rig.server.accept(next.server);
      Target oneMore = withKeys(rig, MOST_KEYS + 1);
      assertFails(rig, next, oneMore, SshFailure.Kind.AUTHENTICATION);
    }
  }

  /** The right key is the last. */
  private static Target withKeys(Rig rig, int count) {
    List<KeyPair> keys =
        Stream.concat(
                Stream.generate(SshKeys::generateEd25519).limit(count - 1), Stream.of(rig.userKey))
            .toList();
    HostKeyCheck hostKey = HostKeyCheck.only(rig.hostKey.getPublic());
    return new Target("me", keys, hostKey, false, Rig.PATIENCE);
  }

  private Exit exec(ClientConnection connection, String command, String input)
      throws IOException, InterruptedException {
    return connection.exec(command, new ByteArrayInputStream(input.getBytes(UTF_8)), out, err);
  }

  private static void assertFails(Rig rig, Pipe pipe, Target target, SshFailure.Kind kind) {
    assertThatThrownBy(() -> rig.client.connect(pipe.client, target))
        .isInstanceOfSatisfying(
            SshFailure.class, failure -> assertThat(failure.kind()).isEqualTo(kind));
  }

  private static Target withKey(Rig rig, KeyPair key) {
    HostKeyCheck hostKey = HostKeyCheck.only(rig.hostKey.getPublic());
    return new Target("me", List.of(key), hostKey, false, Rig.PATIENCE);
  }

  private static KeyPair rsa(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  private static String sha256(InputStream bytes) throws IOException {
    return CopyPrograms.copy(bytes, OutputStream.nullOutputStream()) + "\n";
  }

  private static Programs hanging(CountDownLatch started, CountDownLatch interrupted) {
    return (login, request) ->
        call -> {
          started.countDown();
          try {
            new CountDownLatch(1).await();
            return 0;
          } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
          }
        };
  }
}

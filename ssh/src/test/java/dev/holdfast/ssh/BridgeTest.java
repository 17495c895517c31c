package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.access.RoleOptions;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.Pipe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Sessions and forwards over two connections, of which the one in the middle is ours on both sides.
 */
@Timeout(120)
final class BridgeTest {
  private static final InetSocketAddress HERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);

  private final KeyPair user = SshKeys.generateEd25519();
  private final ClientEngine client = ClientEngine.start();
  private ServerEngine far;
  private ServerEngine middle;
  private volatile RoleOptions options = RoleOptions.NONE;

  @BeforeEach
  void start() throws Exception {
    ChannelRoutes echo =
        (login, host, port) -> {
          Pipe pipe = new Pipe(HERE, HERE);
          Thread.ofVirtual().start(() -> echo(pipe.far()));
          return pipe.near();
        };
    far =
        ServerEngine.serve(
            ServerSettings.of(List.of(new ServerSettings.Entry("AllowTcpForwarding", "local"))),
            (name, from, shown) -> admitted("far"),
            List.of(SshKeys.generateEd25519()),
            (login, request) -> BridgeTest::run,
            echo,
            LoginWatch.NONE);
    middle =
        ServerEngine.bridge(
            ServerSettings.of(List.of(new ServerSettings.Entry("AllowTcpForwarding", "yes"))),
            (name, from, shown) -> admitted(new Bridge()),
            this::enter,
            List.of(SshKeys.generateEd25519()),
            new BridgedSessions(),
            LoginWatch.NONE);
  }

  private static void echo(Duplex stream) {
    ByteBuffer bytes = ByteBuffer.allocate(8192);
    try (stream) {
      while (stream.read(bytes.clear()) >= 0) {
        stream.write(bytes.flip());
      }
    } catch (IOException e) {
      // The other end has gone.
    }
  }

  private static Admissions.Admission admitted(Object guest) {
    return new Admissions.Admission.Admitted(new Credential.Untold(), Permissions.ALL, guest);
  }

  private Entrances.Entry enter(Login login, Entrant entrant) throws IOException {
    ClientConnection there = connect(far);
    if (login.guest() instanceof Bridge bridge) {
      bridge.open(entrant, there);
    }
    return new Entrances.Entry.Admitted(new Terms("ada", options), there::close);
  }

  private ClientConnection connect(ServerEngine to) throws IOException {
    Pipe pipe = new Pipe(HERE, HERE);
    to.accept(pipe.far());
    Target target = new Target("ada", List.of(user), key -> true, false, Duration.ofSeconds(60));
    return client.connect(pipe.near(), target);
  }

  /** Says what it was asked for, then all that it hears, and leaves with 7. */
  private static int run(Program.Call call) throws IOException {
    call.stderr().write("told".getBytes(UTF_8));
    call.stderr().flush();
    byte[] bytes = new byte[8192];
    for (int count = call.stdin().read(bytes); count >= 0; count = call.stdin().read(bytes)) {
      call.stdout().write(bytes, 0, count);
      call.stdout().flush();
    }
    return 7;
  }

  @AfterEach
  void end() {
    client.close();
    middle.close();
    far.close();
  }

  @Test
  void everyByteGoesBothWaysAndTheEndIsTheProgramsOwn() throws Exception {
    byte[] much = new byte[5 << 20];
    new Random(1).nextBytes(much);
    try (ClientConnection connection = connect(middle);
        RemoteCommand command = connection.start("anything")) {
      CompletableFuture<byte[]> heard =
          CompletableFuture.supplyAsync(() -> {
            try {
              return command.stdout().readAllBytes();
            } catch (IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
      command.stdin().write(much);
      command.stdin().close();
      assertThat(Arrays.equals(heard.get(), much)).isTrue();
      assertThat(command.stderr().readAllBytes()).isEqualTo("told".getBytes(UTF_8));
      assertThat(command.await()).isEqualTo(new Exit.Status(7));
    }
  }

  @Test
  void aClientThatGoesTakesItsSessionAlong() throws Exception {
    SessionPlan plan =
        new SessionPlan(new SessionRequest.Shell(), Optional.empty(), Map.of(), false);
    try (ClientConnection connection = connect(middle)) {
      RemoteCommand command = connection.start(plan);
      command.stdin().write("x".getBytes(UTF_8));
      command.stdin().flush();
      assertThat(command.stdout().read()).isEqualTo('x');
    }
    while (far.connections() > 0) {
      Thread.onSpinWait();
    }
    assertThat(far.connections()).isZero();
  }

  @Test
  void aPortIsForwardedFromTheFarServerIfTheRoleAllowsIt() throws Exception {
    try (ClientConnection connection = connect(middle);
        Duplex port = connection.connectTo("somewhere", 80, HERE)) {
      port.write(ByteBuffer.wrap("abc".getBytes(UTF_8)));
      ByteBuffer heard = ByteBuffer.allocate(3);
      while (heard.hasRemaining() && port.read(heard) >= 0) {}
      assertThat(heard.array()).isEqualTo("abc".getBytes(UTF_8));
    }
    options = RoleOptions.NONE.withPortForwarding(false);
    try (ClientConnection connection = connect(middle)) {
      assertThatThrownBy(() -> connection.connectTo("somewhere", 80, HERE))
          .isInstanceOf(IOException.class);
    }
  }
}

package dev.holdfast.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connections on which nobody has logged in. */
@Timeout(60)
final class StartupsTest {
  private static final ServerSettings FEW =
      ServerSettings.DEFAULTS.with(ServerOption.MAX_STARTUPS, new StartupLimit(3, 100, 3));

  @TempDir Path directory;

  @Test
  void soManyMayBeginAndNoMoreUntilOneHasEnded() throws Exception {
    try (ServerEngine server = server(FEW)) {
      List<Pipe> pipes = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        pipes.add(begin(server));
        assertThat(line(pipes.get(i))).startsWith("SSH-2.0-");
      }
      assertThat(line(begin(server))).isEqualTo("Not allowed at this time");
      pipes.getFirst().client.close();
      await().until(() -> line(begin(server)).startsWith("SSH-2.0-"));
    }
  }

  @Test
  void aSourceMayHaveFewer() throws Exception {
    ServerSettings settings = ServerSettings.DEFAULTS.with(ServerOption.PER_SOURCE_MAX_STARTUPS, 1);
    try (ServerEngine server = server(settings)) {
      assertThat(line(begin(server))).startsWith("SSH-2.0-");
      assertThat(line(begin(server))).isEqualTo("Not allowed at this time");
    }
  }

  @Test
  void whoHasLoggedInDoesNotCount() throws Exception {
    KeyPair key = SshKeys.generateEd25519();
    Account account = new Account(directory);
    account.authorize(SshKeys.line(key.getPublic()));
    ServerSettings settings = FEW.with(ServerOption.PERMIT_ROOT_LOGIN, RootLogin.YES);
    try (ServerEngine server =
            ServerEngine.serve(
                settings,
                account.machine(),
                List.of(SshKeys.generateEd25519()),
                new ProgramSessions(new CopyPrograms()));
        ClientEngine client = ClientEngine.start()) {
      for (int i = 0; i < 6; i++) {
        Pipe pipe = begin(server);
        client.connect(
            pipe.client, new Target("me", List.of(key), any -> true, false, Rig.PATIENCE));
      }
      assertThat(server.connections()).isEqualTo(6);
    }
  }

  private ServerEngine server(ServerSettings settings) throws Exception {
    return ServerEngine.serve(
        settings,
        new Account(directory).machine(),
        List.of(SshKeys.generateEd25519()),
        new ProgramSessions((login, request) -> null));
  }

  private static Pipe begin(ServerEngine server) throws Exception {
    Pipe pipe = new Pipe();
    server.accept(pipe.server);
    return pipe;
  }

  private static String line(Pipe pipe) throws Exception {
    StringBuilder line = new StringBuilder();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (pipe.client.read(one.clear()) > 0 && one.get(0) != '\n') {
      line.append((char) one.get(0));
    }
    return line.toString().strip();
  }
}

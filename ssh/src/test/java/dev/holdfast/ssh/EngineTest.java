package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EngineTest {
  @Test
  void smoke() throws Exception {
    KeyPair host = SshKeys.generateEd25519();
    KeyPair user = SshKeys.generateEd25519();
    try (ServerEngine server =
            ServerEngine.start(
                List.of(host),
                Authenticator.only(user.getPublic()),
                (login, request) ->
                    call -> {
                      call.stdin().transferTo(call.stdout());
                      return 7;
                    });
        ClientEngine client = ClientEngine.start()) {
      Pipe pipe = new Pipe();
      server.accept(pipe.server);
      try (ClientConnection connection =
          client.connect(
              pipe.client,
              new Target(
                  "me",
                  List.of(user),
                  HostKeyCheck.only(host.getPublic()),
                  false,
                  Duration.ofSeconds(10)))) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Exit exit =
            connection.exec(
                "cat", new ByteArrayInputStream("hello".getBytes(UTF_8)), out, out);
        assertThat(exit).isEqualTo(new Exit.Status(7));
        assertThat(out.toString(UTF_8)).isEqualTo("hello");
      }
    }
  }
}

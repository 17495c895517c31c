package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A cluster whose authorities' keys are on a token of SoftHSM, which comes and goes. */
@Needs({Tool.SSH, Tool.SSHD, Tool.SOFTHSM})
final class AuthorityTokenTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String PIN = "a-pin-of-the-token";
  private static final Path MODULE = Path.of("/usr/lib/softhsm/libsofthsm2.so");

  private final Path directory = Scratch.directory("token");
  private final Path tokens = directory.resolve("tokens");
  private final Path away = directory.resolve("away");
  private final Path conf = directory.resolve("softhsm2.conf");
  private final Path state = directory.resolve("state");
  private final InetSocketAddress address = Ports.free();
  private Program auth;

  @BeforeEach
  void serve() throws IOException {
    Files.createDirectory(tokens);
    Files.writeString(conf, "directories.tokendir = " + tokens + "\nobjectstore.backend = file\n");
    Command.of("softhsm2-util", "--init-token", "--free", "--label", "holdfast")
        .plus("--so-pin", "4321", "--pin", PIN)
        .with("SOFTHSM2_CONF", conf.toString())
        .run()
        .ok();
    Path pin = Files.writeString(directory.resolve("pin"), PIN + "\n");
    Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
    Path configuration =
        Files.writeString(
            directory.resolve("serve.yaml"),
            """
            auth:
              cluster: demo
              listen: %s
              state-dir: %s
              authority-token:
                module: %s
                token: holdfast
                pin-file: %s
            """
                .formatted(Ports.text(address), state, MODULE, pin));
    auth =
        Holdfast.command("serve", "--verbose", "--config", configuration.toString())
            .with("SOFTHSM2_CONF", conf.toString())
            .start();
    auth.awaitOutput("serving at ", PATIENCE);
    Path roles = Files.writeString(directory.resolve("roles.yaml"), Members.ROLE);
    admin("apply", roles.toString()).run().ok();
    admin("users", "add", "alice", "--roles", "operator", "--key", Keys.CLIENT + ".pub").run().ok();
  }

  @AfterEach
  void end() {
    auth.close();
  }

  @Test
  void whoIsInStaysInWhileItIsAwayAndOthersComeWhenItIsBack() throws IOException {
    logIn().run().ok();
    try (Sshd sshd = Sshd.trusting(trusted())) {
      logsIn(sshd);
      Files.move(tokens, away);
      Files.createDirectory(tokens);
      assertThat(logIn().run().exited(255).errors())
          .contains(
              "The token 'holdfast' is not there, so nothing can be certified; connect it again.");
      logsIn(sshd);
      Files.delete(tokens);
      Files.move(away, tokens);
      logIn().run().ok();
      logsIn(sshd);
    }
    try (Stream<Path> files = Files.list(state.resolve("authorities"))) {
      assertThat(files.map(it -> it.getFileName().toString())).containsExactly("ticket_seal");
    }
    assertThat(auth.output() + auth.errors()).doesNotContain(PIN, "a defect");
  }

  @Test
  void anAuthorityOnItIsChangedInTwoSteps() throws IOException {
    logIn().run().ok();
    Path before = trusted();
    admin("authorities", "rotate", "user", "--phase", "begin").run().ok();
    admin("authorities", "rotate", "user", "--phase", "switch").run().ok();
    try (Sshd sshd = Sshd.trusting(before)) {
      logsIn(sshd);
    }
    logIn().run().ok();
    try (Sshd sshd = Sshd.trusting(trusted())) {
      logsIn(sshd);
    }
  }

  private Path trusted() throws IOException {
    return Files.writeString(
        Scratch.directory("trusted").resolve("keys"),
        admin("authorities", "export", "user").run().ok().output());
  }

  private void logsIn(Sshd sshd) {
    Path profile = directory.resolve("holdfast/profiles/demo");
    Command ssh =
        Command.of("ssh", "-F", "none", "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes")
            .plus("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null")
            .plus("-i", profile.resolve("id").toString(), "-p", "" + sshd.address().getPort())
            .plus("-l", Sshd.USER, "127.0.0.1", "echo in");
    assertThat(ssh.run().ok().output()).isEqualTo("in\n");
  }

  private Command logIn() {
    return Holdfast.command("login", "--no-agent", "-i", Keys.CLIENT.toString())
        .plus("--pin", pinned(), "-u", "alice", Ports.text(address))
        .with("XDG_CONFIG_HOME", directory.toString());
  }

  private String pinned() {
    try {
      Path key =
          Files.writeString(
              directory.resolve("host.pub"),
              admin("authorities", "export", "host").run().ok().output());
      Outcome shown = Command.of("ssh-keygen", "-lf", key.toString()).run().ok();
      return List.of(shown.output().split(" ", -1)).get(1);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private Command admin(String... words) {
    return Holdfast.command("admin")
        .plus(words)
        .plus("--socket", state.resolve("admin.sock").toString());
  }
}

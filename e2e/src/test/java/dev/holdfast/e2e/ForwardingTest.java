package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** All that OpenSSH's ssh forwards, shares and jumps over. */
@ParameterizedClass
@EnumSource(Route.class)
@Needs({Tool.SSH, Tool.SSHD, Tool.CURL})
final class ForwardingTest {
  private static final Duration READY = Duration.ofSeconds(20);

  @RegisterExtension static final Site SITE = new Site();

  private static final Path FILES = Scratch.directory("web");
  private static final Path PAGE = Sample.write(FILES.resolve("page"), 2L << 20, 4);
  private static Web web;

  private final Route route;

  ForwardingTest(Route route) {
    this.route = route;
  }

  @BeforeAll
  static void serve() {
    web = Web.of(FILES);
  }

  @AfterAll
  static void close() {
    web.close();
  }

  @Test
  void localForwardReachesTheWebServer() {
    InetSocketAddress local = Ports.free();
    String spec = Ports.text(local) + ":" + Ports.text(web.address());
    try (Program ssh = SITE.ssh(route).ssh("-N", "-L", spec, Ssh.HOST).start()) {
      Ports.awaitListening(ssh, local.getPort());
      assertServesThePage(List.of("http://" + Ports.text(local) + "/page"));
    }
  }

  @Test
  void remoteForwardReachesTheWebServer() {
    InetSocketAddress remote = Ports.free();
    String spec = Ports.text(remote) + ":" + Ports.text(web.address());
    try (Program ssh = SITE.ssh(route).ssh("-N", "-R", spec, Ssh.HOST).start()) {
      Ports.awaitListening(ssh, remote.getPort()); // the server's, in the same network namespace
      assertServesThePage(List.of("http://" + Ports.text(remote) + "/page"));
    }
  }

  @Test
  void dynamicForwardIsASocksProxy() {
    InetSocketAddress local = Ports.free();
    try (Program ssh = SITE.ssh(route).ssh("-N", "-D", Ports.text(local), Ssh.HOST).start()) {
      Ports.awaitListening(ssh, local.getPort());
      assertServesThePage(List.of("--socks5-hostname", Ports.text(local), web.url("page")));
    }
  }

  @Test
  void standardInputAndOutputAreForwarded() throws IOException {
    Path directory = Scratch.directory("stdio");
    Path request = Files.writeString(directory.resolve("request"), "GET /page HTTP/1.0\r\n\r\n");
    Path answer = directory.resolve("answer");
    SITE.ssh(route)
        .ssh("-W", Ports.text(web.address()), Ssh.HOST)
        .reading(request)
        .writing(answer)
        .run()
        .ok();
    assertThat(Files.size(answer)).isGreaterThan(Files.size(PAGE));
    byte[] all = Files.readAllBytes(answer);
    byte[] page = Files.readAllBytes(PAGE);
    assertThat(all).endsWith(page);
  }

  @Test
  void theAgentIsForwarded() {
    Path socket = Scratch.directory("agent").resolve("socket");
    try (Program agent = Command.of("ssh-agent", "-D", "-a", socket.toString()).start()) {
      agent.awaitOutput("SSH_AUTH_SOCK", READY);
      Command.of("ssh-add", "-q", Keys.CLIENT.toString())
          .with("SSH_AUTH_SOCK", socket.toString())
          .run()
          .ok();
      Outcome outcome =
          SITE.ssh(route)
              .ssh("-A", Ssh.HOST, "ssh-add -l")
              .with("SSH_AUTH_SOCK", socket.toString())
              .run()
              .ok();
      assertThat(outcome.output()).contains(Keys.fingerprint(Keys.CLIENT));
    }
  }

  @Test
  @Needs({Tool.XVFB, Tool.XAUTH, Tool.XDPYINFO})
  void aWindowProgramFindsTheDisplay() {
    Path directory = Scratch.directory("x11");
    Path authority = directory.resolve("authority");
    try (Program server =
        Command.of(
                "sh",
                "-c",
                "xauth -f \"$1\" add :0 . $(mcookie) && exec Xvfb -displayfd 1 -nolisten tcp -auth"
                    + " \"$1\"",
                "x",
                authority.toString())
            .start()) {
      Await.until("the display's number", READY, () -> server.output().endsWith("\n"));
      String display = ":" + server.output().strip();
      String script =
          "xauth -f \"$1\" add \"$2\" . $(xauth -f \"$1\" list | awk '{print $3; exit}')";
      Command.of("sh", "-c", script, "x", authority.toString(), display).run().ok();
      Outcome outcome =
          SITE.ssh(route)
              .ssh("-X", Ssh.HOST, "echo $DISPLAY; xdpyinfo")
              .with("DISPLAY", display)
              .with("XAUTHORITY", authority.toString())
              .run()
              .ok();
      assertThat(outcome.output())
          .startsWith(route.toNode() ? "localhost:7" : "localhost:5")
          .contains("number of screens:");
    }
  }

  @Test
  void fiveSessionsShareOneConnection() {
    Path directory = Scratch.directory("master");
    Path sample = Sample.write(directory.resolve("sample"), 4L << 20, 6);
    String control = "ControlPath=" + directory.resolve("socket");
    Ssh client = SITE.ssh(route);
    try (Program master = client.ssh("-M", "-N", "-o", control, Ssh.HOST).start()) {
      Await.until(
          () -> "the master: " + master,
          READY,
          () -> client.ssh("-O", "check", "-o", control, Ssh.HOST).run().status() == 0);
      List<Program> sessions = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        Path back = directory.resolve("back" + i);
        sessions.add(
            client
                .ssh("-o", control, "-o", "ProxyCommand=false", Ssh.HOST, "cat; exit " + (10 + i))
                .reading(sample)
                .writing(back)
                .start());
      }
      for (int i = 0; i < 5; i++) {
        sessions.get(i).await(Command.USUAL_DEADLINE).exited(10 + i);
        assertThat(Sample.sha256(directory.resolve("back" + i))).isEqualTo(Sample.sha256(sample));
      }
      client.ssh("-O", "exit", "-o", control, Ssh.HOST).run().ok();
      master.await(READY);
    }
  }

  @Test
  void jumpsOverTheGateToAnotherHost() {
    Ssh client = SITE.ssh(route).andHost("behind", SITE.sshd().address(), "ProxyJump " + Ssh.HOST);
    long loginsBefore = SITE.logins();
    assertThat(client.ssh("behind", "echo arrived; exit 3").run().exited(3).output())
        .isEqualTo("arrived\n");
    assertThat(SITE.logins() - loginsBefore).isEqualTo(2);
  }

  private static void assertServesThePage(List<String> curlArguments) {
    Path copy = Scratch.directory("curl").resolve("page");
    Command.of("curl", "-sSf", "--max-time", "50", "-o", copy.toString())
        .plus(curlArguments.toArray(String[]::new))
        .run()
        .ok();
    assertThat(Sample.sha256(copy)).isEqualTo(Sample.sha256(PAGE));
  }
}

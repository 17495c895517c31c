package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What OpenSSH's client does beside running a command, through a proxy that records, to an sshd
 * that knows nothing of it.
 */
@Needs({Tool.SSH, Tool.SSHD, Tool.TMUX})
final class ThroughRecordingProxyTest {
  private static final String OLD = "old.demo";

  private static Members members;

  @BeforeAll
  static void begin() {
    members = Members.start();
    members.sshd().certify(members.hostCertificate().toString());
    members.apply(Members.ROLE + "options: {recording: proxy}\n");
  }

  @AfterAll
  static void end() {
    if (members != null) {
      members.close();
    }
    Leftovers.end(Members.PATIENCE);
  }

  private static List<Command> ways() {
    return List.of(members.ssh(), members.jump());
  }

  @Test
  void theAgentIsForwarded() {
    Path socket = Scratch.directory("agent").resolve("socket");
    try (Program agent = Command.of("ssh-agent", "-D", "-a", socket.toString()).start()) {
      agent.awaitOutput("SSH_AUTH_SOCK", Members.PATIENCE);
      Command.of("ssh-add", "-q", Keys.CLIENT.toString())
          .with("SSH_AUTH_SOCK", socket.toString())
          .run()
          .ok();
      for (Command way : ways()) {
        Outcome asked =
            way.plus("-A", OLD, "ssh-add -l").with("SSH_AUTH_SOCK", socket.toString()).run().ok();
        assertThat(asked.output()).contains(Keys.fingerprint(Keys.CLIENT));
        Outcome unasked =
            way.plus("-a", OLD, "ssh-add -l").with("SSH_AUTH_SOCK", socket.toString()).run();
        assertThat(unasked.output()).doesNotContain(Keys.fingerprint(Keys.CLIENT));
      }
    }
  }

  @Test
  @Needs({Tool.XVFB, Tool.XAUTH, Tool.XDPYINFO})
  void aWindowProgramFindsTheDisplay() {
    Path authority = Scratch.directory("x11").resolve("authority");
    String serve =
        "xauth -f \"$1\" add :0 . $(mcookie) && exec Xvfb -displayfd 1 -nolisten tcp -auth \"$1\"";
    try (Program server = Command.of("sh", "-c", serve, "x", authority.toString()).start()) {
      Await.until("the display's number", Members.PATIENCE, () -> server.output().endsWith("\n"));
      String display = ":" + server.output().strip();
      String allow =
          "xauth -f \"$1\" add \"$2\" . $(xauth -f \"$1\" list | awk '{print $3; exit}')";
      Command.of("sh", "-c", allow, "x", authority.toString(), display).run().ok();
      for (Command way : ways()) {
        Outcome outcome =
            way.plus("-X", OLD, "echo $DISPLAY; xdpyinfo")
                .with("DISPLAY", display)
                .with("XAUTHORITY", authority.toString())
                .run()
                .ok();
        assertThat(outcome.output()).startsWith("localhost:5").contains("number of screens:");
      }
    }
  }

  @Test
  void variablesThatTheServerTakesArriveAndNoOthers() {
    for (Command way : ways()) {
      Outcome outcome =
          way.plus("-o", "SetEnv=LC_COLOUR=blue HOLDFAST_COLOUR=red", OLD)
              .plus("echo \"$LC_COLOUR,$HOLDFAST_COLOUR,\"")
              .run()
              .ok();
      assertThat(outcome.output()).isEqualTo("blue,,\n");
    }
  }

  /** OpenSSH's client sends a break when ~B is typed. */
  @Test
  void aWindowsSizeFollowsItAndABreakDisturbsNobody() {
    for (Command way : ways()) {
      try (Terminal terminal = Terminal.running(way.plus("-tt", OLD, "PS1='$ ' exec sh"))) {
        terminal.awaitShown("$");
        terminal.resize(100, 30);
        terminal.enter("stty size");
        terminal.awaitShown("30 100");
        terminal.enter("");
        terminal.press("~");
        terminal.press("B");
        terminal.enter("echo still $((40 + 2))");
        terminal.awaitShown("still 42");
        assertThat(terminal.screen()).doesNotContain("not found");
        terminal.enter("exit 5");
        assertThat(terminal.awaitStatus()).isEqualTo(5);
      }
    }
  }

  /** To a node: an sshd passes none on to whoever is root. */
  @Test
  @Needs(Tool.ASYNCSSH)
  void signalsReachTheCommand() {
    String node = "web1.demo";
    Command reach = members.ssh("-W", node + ":22", "1.proxy.demo");
    Outcome outcome =
        Command.of("/usr/bin/python3", "-W", "ignore")
            .plus(Sources.file("python", "signals_with_asyncssh.py").toString(), node, Sshd.USER)
            .plus(members.profile().resolve("id").toString())
            .plus(members.profile().resolve("id-cert.pub").toString())
            .plus(reach.words().toArray(String[]::new))
            .run()
            .ok();
    assertThat(outcome.output()).isEqualTo("ready\ntold USR1\ntold INT\nstatus: 9\n");
  }
}

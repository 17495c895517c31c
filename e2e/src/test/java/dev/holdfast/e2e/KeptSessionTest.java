package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code holdfast ssh} to a plain sshd, without anything of ours there: when the link is lost, a
 * new connection is made and the person is where he was.
 */
@Needs({Tool.SSHD, Tool.TMUX, Tool.SCREEN, Tool.DTACH})
@Timeout(180)
final class KeptSessionTest {
  private static final Duration DEADLINE = Duration.ofSeconds(45);
  private static final String SHELL = "PS1='ready> ' exec bash --norc --noprofile -i";
  private static final String COUNTING = "i=0; while sleep 0.1; do i=$((i+1)); echo tick-$i-; done";

  /** The servers' programs that keep a session. */
  enum Keeper {
    TMUX,
    SCREEN,
    DTACH
  }

  private static Sshd sshd;

  private CuttingRelay relay;
  private String name;

  @BeforeAll
  static void startServer() {
    sshd = Sshd.start();
  }

  @AfterAll
  static void stopServer() {
    try {
      Leftovers.end(DEADLINE, sshd.program());
    } finally {
      sshd.close();
    }
  }

  @BeforeEach
  void open() {
    relay = new CuttingRelay(sshd.address());
    name = "e2e-" + ProcessHandle.current().pid() + "-" + System.nanoTime() % 1_000_000;
  }

  @AfterEach
  void close() {
    relay.close();
  }

  private Terminal terminal(String keeper, String... more) {
    Command command =
        Ssh.to(relay.address(), null)
            .byHoldfast()
            .ssh("-o", "HoldfastContext=" + keeper, "-o", "ServerAliveInterval=1")
            .plus(more);
    return Terminal.running(command);
  }

  private Terminal named(Keeper keeper) {
    return terminal(keeper.name(), "-S", name, "-t", Ssh.HOST, SHELL);
  }

  @ParameterizedTest
  @EnumSource
  void aSessionGoesOnAfterAResetAndAfterSilence(Keeper keeper) {
    try (Terminal terminal = named(keeper)) {
      terminal.awaitShown("ready>");
      terminal.enter(COUNTING);
      terminal.awaitShown("tick-5-");
      relay.reset();
      awaitConnections(2);
      awaitTick(terminal, 30);
      relay.fallSilent(Silence.REFUSING);
      awaitTitle(terminal, "link lost");
      relay.heal();
      awaitConnections(3);
      int now = highest(terminal.screen());
      awaitTick(terminal, now + 10);
      end(terminal);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsTypedWhileTheLinkIsAwayArrivesOnce(Keeper keeper) {
    try (Terminal terminal = named(keeper)) {
      terminal.awaitShown("ready>");
      terminal.enter("n=0; count() { n=$((n+1)); echo \"call $n\"; }; echo read''y");
      terminal.awaitShown("ready\nready>");
      relay.fallSilent(Silence.REFUSING);
      awaitTitle(terminal, "link lost");
      terminal.enter("count");
      relay.heal();
      terminal.awaitShown("call 1");
      terminal.enter("echo \"it was called $n times\"");
      terminal.awaitShown("it was called 1 times");
      end(terminal);
    }
  }

  @Test
  void withNothingToKeepItAShellIsMadeAnewAndThePersonIsTold() {
    try (Terminal terminal = terminal("none", "-t", Ssh.HOST)) {
      terminal.enter("echo shell-$((40+2))");
      terminal.awaitShown("shell-42");
      relay.reset();
      terminal.awaitShown("this is a new one");
      terminal.enter("echo shell-$((41+2))");
      terminal.awaitShown("shell-43");
      terminal.enter("exit 3");
      assertThat(terminal.awaitStatus()).isEqualTo(3);
    }
  }

  @Test
  void aShellIsKeptWithoutBeingAskedFor() {
    try (Terminal terminal = terminal("auto", Ssh.HOST)) {
      terminal.enter("PS1='ready> '; kept=yes; echo kept-$((40+2))");
      terminal.awaitShown("kept-42");
      relay.reset();
      awaitConnections(2);
      terminal.enter("echo it is $kept");
      terminal.awaitShown("it is yes");
      terminal.enter("exit");
      terminal.awaitStatus();
    }
  }

  @Test
  void whoReconnectsByEscapeIsWhereHeWas() {
    try (Terminal terminal = named(Keeper.TMUX)) {
      terminal.awaitShown("ready>");
      terminal.enter("kept=yes");
      terminal.enter("");
      terminal.enter("~r");
      awaitConnections(2);
      terminal.enter("echo it is $kept");
      terminal.awaitShown("it is yes");
      end(terminal);
    }
  }

  @Test
  void forwardsComeBackByThemselves() {
    InetSocketAddress local = Ports.free();
    InetSocketAddress remote = Ports.free();
    String server = Ports.text(sshd.address());
    Command forwarding =
        Ssh.to(relay.address(), null)
            .byHoldfast()
            .ssh(
                "-N",
                "-o",
                "ServerAliveInterval=1",
                "-L",
                Ports.text(local) + ":" + server,
                "-R",
                Ports.text(remote) + ":" + server,
                Ssh.HOST);
    try (Program running = forwarding.start()) {
      Ports.awaitListening(running, local.getPort());
      Ports.awaitListening(running, remote.getPort());
      relay.reset();
      awaitConnections(2);
      for (InetSocketAddress address : List.of(local, remote)) {
        Await.until(
            () -> "an answer through " + address + ": " + running,
            DEADLINE,
            () -> Ssh.to(address, null).exec("echo there").run().status() == 0);
      }
    }
  }

  @Test
  void aNodeThatWasStartedAnewIsConnectedToAgain() {
    Node node = Node.start();
    Command command = Ssh.to(node.address(), null).byHoldfast().ssh("-S", name, Ssh.HOST);
    try (Terminal terminal = Terminal.running(command)) {
      terminal.enter("echo one-$((40+2))");
      terminal.awaitShown("one-42");
      node.close();
      node = node.again();
      Program running = node.generations().getLast();
      running.awaitOutput(" logged in from ", DEADLINE);
      terminal.enter("echo two-$((41+2)) in $HOLDFAST_SESSION");
      terminal.awaitShown("two-43 in " + name);
      terminal.enter("exit");
      terminal.awaitStatus();
    } finally {
      node.close();
    }
  }

  @Test
  void aCommandThatCouldRunTwiceIsNotBegunAgain() {
    Command command =
        Ssh.to(relay.address(), null).byHoldfast().ssh(Ssh.HOST, "echo begun; sleep 60");
    try (Program running = command.start()) {
      running.awaitOutput("begun", DEADLINE);
      relay.reset();
      Outcome outcome = running.await(DEADLINE).exited(255);
      assertThat(outcome.errors()).contains("closed by remote host");
      assertThat(relay.accepted()).isEqualTo(1);
    }
  }

  private void end(Terminal terminal) {
    terminal.press("C-c");
    terminal.enter("exit");
    terminal.awaitStatus();
  }

  private void awaitConnections(long count) {
    Await.until(
        () -> count + " connections, not " + relay.accepted(),
        DEADLINE,
        () -> relay.accepted() >= count);
  }

  private void awaitTitle(Terminal terminal, String part) {
    Await.until(
        () -> "the title " + part + ": " + terminal.title(),
        DEADLINE,
        () -> terminal.title().contains(part));
  }

  private static void awaitTick(Terminal terminal, int number) {
    Await.until(
        () -> "tick " + number + " in:\n" + terminal.screen(),
        DEADLINE,
        () -> highest(terminal.screen()) >= number);
  }

  private static int highest(String screen) {
    return screen
        .lines()
        .filter(line -> line.matches("tick-\\d+-"))
        .mapToInt(line -> Integer.parseInt(line.replaceAll("\\D", "")))
        .max()
        .orElse(0);
  }
}

package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** People in one live session of a cluster, each at a terminal of his own. */
@Needs({Tool.SSH, Tool.SSHD, Tool.TMUX})
final class JoinTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String HELPER = Members.ROLE.replace("operator", "helper");

  private static Members members;
  private static Path bob;
  private static Path carol;
  private final List<Terminal> opened = new ArrayList<>();

  @BeforeAll
  static void begin() {
    members = Members.start();
    members.apply(HELPER + "options: {join_sessions: join}\n");
    bob = members.logInNew("bob", "helper");
    carol = members.logInNew("carol", "operator");
    for (Path each : List.of(bob, carol)) {
      members.by(each, "ssh-config", "--program", Holdfast.EXECUTABLE.toString()).run().ok();
    }
  }

  @AfterAll
  static void end() {
    if (members != null) {
      members.close();
    }
    Leftovers.end(PATIENCE);
  }

  @AfterEach
  void close() {
    opened.forEach(Terminal::close);
  }

  private Terminal open(Command command) {
    Terminal terminal = Terminal.running(command);
    opened.add(terminal);
    return terminal;
  }

  /** A shell of alice's, with a prompt that is known. */
  private Terminal alice() {
    Terminal alice = open(members.holdfastSsh("-t", "web1.demo", "PS1='$ ' exec sh"));
    alice.awaitShown("$");
    return alice;
  }

  private static Command join(Path config, String... words) {
    return Command.of("env", "XDG_CONFIG_HOME=" + config)
        .plus(members.by(config, "join").words().toArray(String[]::new))
        .plus(words);
  }

  /** Stock ssh of somebody who logged in there. */
  private static Command ssh(Path config, String... words) {
    return Command.of("ssh", "-F", config.resolve("holdfast/profiles/demo/ssh_config").toString())
        .plus("-o", "StrictHostKeyChecking=yes", "-o", "BatchMode=yes")
        .plus("-o", "GlobalKnownHostsFile=none")
        .plus(words);
  }

  /** Longer than a screen takes: links come back meanwhile. */
  private static void awaitBoth(Terminal one, Terminal other, String text) {
    Await.until(
        () -> text + " in:\n" + one.screen() + "\n--\n" + other.screen(),
        PATIENCE,
        () -> one.screen().contains(text) && other.screen().contains(text));
  }

  /** The ID of alice's session, as bob finds it. */
  private static String session() {
    String listed = members.joinable(bob);
    assertThat(listed.lines()).as(listed).hasSize(1);
    return listed.strip();
  }

  private static void end(Terminal alice) {
    alice.enter("exit 3");
    assertThat(alice.awaitStatus()).isEqualTo(3);
    members.awaitNoneJoinable(bob);
  }

  @Test
  void aliceTypesAndBobSeesAndTypesAndAllSeeWhoIsThere() {
    Terminal alice = alice();
    alice.enter("echo be''fore");
    alice.awaitShown("before");
    String id = session();
    assertThat(join(bob).run().ok().output())
        .containsPattern(id + " +alice +web1 +" + Sshd.USER + " .* join +PS1='\\$ ' exec sh");
    Terminal bobs = open(join(bob, "alice@web1"));
    bobs.awaitShown("[bob has joined and may type; here: alice, bob]");
    alice.awaitShown("[bob has joined and may type; here: alice, bob]");
    assertThat(bobs.screen()).contains("before");
    bobs.enter("echo fr''om bob");
    alice.awaitShown("from bob");
    alice.enter("echo fr''om alice");
    bobs.awaitShown("from alice");
    Terminal stock = open(ssh(bob, "-t", "web1.demo", "holdfast-join", "--observe", id));
    stock.awaitShown("[bob looks on; here: alice, bob, bob]");
    stock.enter("echo no''thing");
    alice.enter("echo la''st");
    stock.awaitShown("last");
    stock.press("C-\\");
    stock.press("d");
    alice.awaitShown("[bob has left; here: alice, bob]");
    assertThat(stock.awaitStatus()).isZero();
    assertThat(alice.screen()).doesNotContain("nothing");
    end(alice);
    assertThat(bobs.awaitStatus()).isEqualTo(3);
    assertThat(bobs.screen()).contains("[alice's session has ended with status 3]");
    assertThat(members.audited("session.join"))
        .contains("\"joined\":\"" + id + "\"", "\"of\":\"alice\"", "\"user\":\"bob\"")
        .contains("\"mode\":\"join\"", "\"mode\":\"observe\"");
    Await.until(
        "the events of who left",
        PATIENCE,
        () -> members.audited("session.leave").lines().filter(it -> it.contains(id)).count() == 2);
  }

  @Test
  void whatIsRecordedIsTheSessionWithWhoJoinedAndNothingOfTheGuest() {
    Terminal alice = alice();
    String id = session();
    Terminal bobs = open(join(bob, id));
    alice.awaitShown("[bob has joined");
    bobs.enter("echo fr''om bob");
    alice.awaitShown("from bob");
    end(alice);
    String name =
        members
            .own("recordings", "ls", "--user", "alice", "-o", "names")
            .run()
            .ok()
            .output()
            .lines()
            .findFirst()
            .orElseThrow();
    Await.until(
        "the whole recording",
        PATIENCE,
        () -> members.own("recordings", "verify", name).run().output().contains(": whole, "));
    assertThat(members.own("play", "--format", "text", name).run().ok().output())
        .contains("[bob has joined and may type; here: alice, bob]", "from bob");
    assertThat(members.by(bob, "recordings", "ls", "-o", "names").run().ok().output()).isEmpty();
  }

  @Test
  void whoHasNoRightIsRefusedWithTheReasonAndThatIsNoted() {
    Terminal alice = alice();
    String id = session();
    String why =
        "Your roles do not let you join sessions of others; ask an administrator for one with"
            + " 'join_sessions'.";
    assertThat(join(carol, "alice@web1").run().exited(255).errors())
        .isEqualTo("holdfast: " + why + "\n");
    assertThat(ssh(carol, "-tt", "web1.demo", "holdfast-join", id).run().exited(254).output())
        .isEqualTo(why + "\r\n");
    assertThat(members.audited("session.rejected"))
        .contains("\"user\":\"carol\"", "\"reason\":\"" + why + "\"");
    assertThat(alice.screen()).doesNotContain("carol");
    assertThat(join(bob, "nobody@web1").run().exited(255).errors())
        .isEqualTo(
            "holdfast: There is none of nobody@web1 that you may join; 'holdfast join' lists those"
                + " that there are.\n");
    assertThat(ssh(bob, "web1.demo", "holdfast-join", id).run().exited(254).errors())
        .contains("Joining a session takes a terminal; use 'ssh -t', or 'holdfast join'.");
    end(alice);
    assertThat(ssh(bob, "-tt", "web1.demo", "holdfast-join", id).run().exited(254).output())
        .startsWith("There is no session " + id + " to join on this node; it has ended,");
  }

  @Test
  void aGuestWhoTakesNothingDoesNotHoldTheOwnerUp() {
    Terminal alice = alice();
    String id = session();
    Terminal bobs = open(join(bob, id));
    alice.awaitShown("[bob has joined");
    long client = client(id);
    Command.of("kill", "-STOP", Long.toString(client)).run().ok();
    alice.enter("seq 1 300000; echo do''ne");
    alice.awaitShown("done");
    Command.of("kill", "-CONT", Long.toString(client)).run().ok();
    bobs.awaitShown("done");
    end(alice);
    bobs.awaitStatus();
  }

  /** The process of the guest's client: its words are longer than {@link ProcessHandle} tells. */
  private static long client(String id) {
    return ProcessHandle.allProcesses()
        .filter(it -> it.info().command().orElse("").endsWith("java"))
        .filter(it -> words(it).contains("\0join\0" + id))
        .findFirst()
        .orElseThrow()
        .pid();
  }

  private static String words(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"));
    } catch (IOException e) {
      return ""; // It has just ended.
    }
  }

  @Test
  void bothGoOnWhenTheirLinksAreLostAndTheNodeIsTakenOver() {
    Terminal alice = alice();
    Terminal bobs = open(join(bob, session()));
    alice.awaitShown("[bob has joined");
    members.end("proxy", "KILL");
    members.launch("proxy");
    alice.enter("echo af''ter the cut");
    awaitBoth(alice, bobs, "after the cut");
    Program old = members.upgrade("web1", "has the port");
    alice.enter("echo af''ter the upgrade");
    awaitBoth(alice, bobs, "after the upgrade");
    bobs.enter("echo fr''om bob");
    awaitBoth(alice, bobs, "from bob");
    assertThat(old.alive()).isTrue();
    end(alice);
    assertThat(bobs.awaitStatus()).isEqualTo(3);
  }

  @Test
  void whoComesAfterTheNodeWasTakenOverJoinsWhatTheOldProcessKeeps() {
    Terminal alice = alice();
    alice.enter("echo be''fore");
    alice.awaitShown("before");
    Program old = members.upgrade("web1", "has the port");
    String id = session();
    Terminal bobs = open(join(bob, "alice@web1"));
    bobs.awaitShown("[bob has joined and may type; here: alice, bob]");
    awaitBoth(alice, bobs, "before");
    awaitBoth(alice, bobs, "[bob has joined");
    bobs.enter("echo fr''om bob");
    awaitBoth(alice, bobs, "from bob");
    Terminal looks = open(ssh(bob, "-t", "web1.demo", "holdfast-join", "--observe", id));
    looks.awaitShown("[bob looks on; here: alice, bob, bob]");
    bobs.press("C-\\");
    bobs.press("d");
    alice.awaitShown("[bob has left; here: alice, bob]");
    assertThat(bobs.awaitStatus()).isZero();
    assertThat(ssh(carol, "-tt", "web1.demo", "holdfast-join", id).run().exited(254).output())
        .startsWith("Your roles do not let you join sessions of others;");
    end(alice);
    assertThat(looks.awaitStatus()).isEqualTo(3);
    assertThat(looks.screen()).contains("[alice's session has ended with status 3]");
    Await.until("the end of the old process", PATIENCE, () -> !old.alive());
    Await.until(
        "the events of who left",
        PATIENCE,
        () -> members.audited("session.leave").lines().filter(it -> it.contains(id)).count() == 2);
  }
}

package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A cluster of real processes, which joined by token: users get to a node and to a stock sshd
 * behind a gate by their certificate, and as far as their roles say now.
 */
@Needs({Tool.SSH, Tool.SSHD})
final class ClusterNodeTest {
  private static final Duration PATIENCE = Members.PATIENCE;
  private static final List<String> NODES = List.of("web1.demo", "old.demo");
  private static final String ECHO = "while read -r line; do echo \"heard $line\"; done; exit 7";

  private static Members members;

  @BeforeAll
  static void begin() {
    members = Members.start();
  }

  @AfterAll
  static void end() {
    if (members != null) {
      members.close();
    }
    Leftovers.end(PATIENCE);
  }

  @AfterEach
  void unlock() {
    Matcher ids =
        Pattern.compile("\"id\":\"([0-9a-f]+)\"")
            .matcher(members.admin("locks", "ls", "-o", "json").run().ok().output());
    while (ids.find()) {
      members.admin("locks", "rm", ids.group(1)).run().ok();
    }
    members.apply(Members.ROLE);
  }

  @Test
  void everyClientGetsToEveryNodeByItsCertificate() {
    for (String node : NODES) {
      for (Command ssh :
          List.of(members.ssh(node), members.jump(node), members.holdfastSsh(node))) {
        assertThat(ssh.plus("echo $((6*7))").run().ok().output()).as("%s", ssh).isEqualTo("42\n");
      }
    }
    assertThat(members.own("ls").run().ok().output())
        .containsPattern("web1 +online +" + Sshd.USER + " +env=test")
        .containsPattern("old +online");
  }

  @Test
  void aNodeIsKnownByItsCertificateAlone() throws IOException {
    assertThat(Files.readString(members.profile().resolve("known_hosts")))
        .contains("@cert-authority *.demo ")
        .doesNotContain("web1");
    assertThat(members.ssh("-v", "web1.demo", "true").run().ok().errors())
        .contains("Server host certificate: ssh-ed25519-cert-v01@openssh.com");
  }

  @Test
  void aLockEndsWhatRunsWithItsReasonAndLetsNobodyIn() {
    try (Program jumped = members.jump("web1.demo", ECHO).start();
        Program behind = members.jump("old.demo", ECHO).start();
        Program ours = members.holdfastSsh("web1.demo", ECHO).start()) {
      for (Program one : List.of(jumped, behind, ours)) {
        heard(one, "one");
      }
      members.admin("locks", "add", "user", "alice", "--reason", "lost laptop").run().ok();
      String why = "The user alice is locked: lost laptop";
      for (Program one : List.of(jumped, behind, ours)) {
        assertThat(one.await(PATIENCE).exited(255).errors()).contains(why);
      }
    }
    assertThat(members.jump("web1.demo", "true").run().exited(255).errors())
        .contains("The user alice is locked: lost laptop");
    assertThat(members.holdfastSsh("web1.demo", "true").run().exited(255).errors())
        .contains("The user alice is locked: lost laptop");
  }

  @Test
  void whatAUserDoesIsRecordedAndAuditedAtTheAuthService() {
    members.ssh("web1.demo", "echo recorded; exit 3").run().exited(3);
    assertThat(members.audited("session.start"))
        .contains("\"user\":\"alice\"", "\"login\":\"%s\"".formatted(Sshd.USER));
    Await.until(
        "the end of the session", PATIENCE, () -> members.audited("session.end").contains("alice"));
    Path fetched = Scratch.directory("fetched");
    Await.until("the recording of that command", PATIENCE, () -> fetches("recorded", fetched));
    assertThat(members.audited("recording.access")).isNotEmpty();
  }

  /** Whether there is a recording of the user's in which that was shown, which is whole then. */
  private static boolean fetches(String shown, Path into) {
    Matcher ids =
        Pattern.compile("\"id\":\"([0-9a-f]{32})\"")
            .matcher(
                members
                    .admin("recordings", "ls", "--user", "alice", "-o", "json")
                    .run()
                    .ok()
                    .output());
    while (ids.find()) {
      members.admin("recordings", "fetch", ids.group(1), into.toString()).run();
      String recording = into.resolve(ids.group(1)).toString();
      if (Holdfast.command("play", "--format", "text", recording).run().output().contains(shown)) {
        return Holdfast.command("recordings", "verify", recording).run().status() == 0;
      }
    }
    return false;
  }

  @Test
  void aRoleThatIsTakenAwayEndsWhatItAllowed() {
    try (Program ours = members.holdfastSsh("web1.demo", ECHO).start()) {
      heard(ours, "one");
      members.apply(Members.ROLE.replace(Sshd.USER, "nobody-else"));
      assertThat(ours.await(PATIENCE).exited(255).errors())
          .contains("alice may not log in as %s on web1".formatted(Sshd.USER));
    }
    assertThat(members.ssh("web1.demo", "true").run().exited(255).errors())
        .contains("alice may not log in as %s on web1".formatted(Sshd.USER));
  }

  @Test
  void theRolesOptionsBindOnTheNode() {
    members.apply(Members.ROLE + "options: {port_forwarding: false, max_sessions: 0}\n");
    assertThat(members.ssh("web1.demo", "true").run().exited(255).errors())
        .contains("may have 0 (MaxSessions)");
    assertThat(
            members
                .ssh("-N", "-o", "ExitOnForwardFailure=yes", "-R", "0:127.0.0.1:9", "web1.demo")
                .run()
                .exited(255)
                .errors())
        .contains("remote port forwarding failed");
  }

  @Test
  void aRestartOfAuthAndAKilledProxyLoseNothing() {
    try (Program ours = members.holdfastSsh("web1.demo", ECHO).start();
        Program stock = members.ssh("old.demo", ECHO).start()) {
      heard(ours, "one");
      heard(stock, "one");
      members.end("auth", "TERM");
      heard(ours, "two");
      heard(stock, "two");
      members.launch("auth");
      Members.awaitNodes(restarted("proxy", "KILL"));
      heard(ours, "three");
      heard(stock, "three");
      ours.closeInput();
      stock.closeInput();
      ours.await(PATIENCE).exited(7);
      stock.await(PATIENCE).exited(7);
    } catch (AssertionError e) {
      System.err.println(members.log());
      throw e;
    }
  }

  @Test
  void whileAuthIsAwayWhoWasThereLatelyIsLetInAndNobodyElse() {
    members.ssh("web1.demo", "true").run().ok();
    members.end("auth", "KILL");
    try {
      members.ssh("web1.demo", "true").run().ok();
      assertThat(members.ssh("-l", "daemon", "web1.demo", "true").run().exited(255).errors())
          .contains("Nobody can say at the moment whether you may; try again later.");
    } finally {
      members.launch("auth");
    }
    Await.until(
        "the way back", PATIENCE, () -> members.jump("web1.demo", "true").run().status() == 0);
  }

  @Test
  void aNodeThatIsAwayIsSaidToBe() {
    members.end("old", "TERM");
    try {
      assertThat(members.jump("old.demo", "true").run().exited(255).errors())
          .containsPattern("Node 'old' is offline: it was last seen [0-9]+ s ago");
      Await.until(
          "the list to say so",
          PATIENCE,
          () -> members.own("ls").run().ok().output().contains("offline since 20"));
    } finally {
      members.launch("old");
    }
    members.running("proxy").awaitOutput("node old is here", PATIENCE);
    Await.until(
        "the way back", PATIENCE, () -> members.jump("old.demo", "true").run().status() == 0);
  }

  // ---- doing ----

  private static Program restarted(String name, String signal) {
    members.end(name, signal);
    return members.launch(name);
  }

  private static void heard(Program program, String word) {
    program.type(word + "\n");
    program.awaitOutput("heard " + word + "\n", PATIENCE);
  }
}

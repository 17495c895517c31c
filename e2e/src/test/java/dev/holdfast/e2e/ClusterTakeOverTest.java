package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Services of a cluster that are replaced, or removed, under live sessions. */
@Needs({Tool.SSH, Tool.SSHD})
final class ClusterTakeOverTest {
  private static final Duration GONE = Duration.ofSeconds(90);
  private static final Duration LINGER = Duration.ofMinutes(3);
  private static final int GATE_TAKE_OVERS = Effort.LONG ? 10 : 2;
  private static final int BULK_MIB = Effort.LONG ? 512 : 96;
  private static final String AUTH_LEFT = "has the port of the auth service now";
  private static final String PROXY_LEFT = "has the port of the proxy now";
  private static final String GATE_LEFT = "has the port of the gate now";

  @AfterEach
  void end() {
    Leftovers.end(GONE);
  }

  private static List<Command> kinds(Members members, String node) {
    return List.of(members.jump(node), members.ssh(node), members.holdfastSsh(node));
  }

  /** What is done with services while somebody talks through them. */
  private interface Course {
    void run(Members members, List<Talk> talks);
  }

  /** All of it ends with the course; what the services said is told if that fails. */
  private static void with(Members members, Course course) {
    List<Talk> talks = new ArrayList<>();
    try {
      course.run(members, talks);
    } catch (AssertionError e) {
      System.err.println(members.log());
      throw e;
    } finally {
      talks.forEach(Talk::close);
      members.close();
    }
  }

  @Test
  void eachServiceIsTakenOverAndNothingThatIsLiveIsCut() {
    with(
        Members.start(),
        (members, talks) -> {
          kinds(members, "web1.demo").forEach(it -> talks.add(Talk.start(it)));
          kinds(members, "old.demo").forEach(it -> talks.add(Talk.start(it)));
          talks.forEach(Talk::sayAndHear);
          Program auth = members.upgrade("auth", AUTH_LEFT);
          talks.forEach(Talk::sayAndHear);
          kinds(members, "web1.demo").forEach(it -> it.plus("true").run().ok());
          auth.await(LINGER).ok();
          Program proxy = members.upgrade("proxy", PROXY_LEFT);
          talks.forEach(Talk::sayAndHear);
          Members.awaitNodes(members.running("proxy"));
          kinds(members, "old.demo").forEach(it -> it.plus("true").run().ok());
          members.upgrade("auth", AUTH_LEFT).await(LINGER).ok();
          assertThat(proxy.alive()).isTrue();
          members.admin("locks", "add", "user", "alice", "--reason", "lost laptop").run().ok();
          talks.forEach(Talk::ends);
          // Who has a ticket for a stock sshd has nobody near who could say why.
          talks.subList(0, 4).forEach(it -> it.endsWith("The user alice is locked: lost laptop"));
          proxy.await(GONE).ok();
        });
  }

  /** The process that has the port now does not have such a stream; it passes its client on. */
  @Test
  void whatAProxyRecordsComesBackToItsOldProcessThroughTheNewOne() {
    with(
        Members.startBehindANetwork(),
        (members, talks) -> {
          members.apply(Members.ROLE + "options: {recording: proxy}\n");
          talks.add(Talk.start(members.holdfastSsh("web1.demo")));
          talks.add(Talk.start(members.ssh("web1.demo")));
          talks.forEach(Talk::sayAndHear);
          members.upgrade("proxy", PROXY_LEFT);
          members.network().reset();
          talks.forEach(Talk::sayAndHear);
          assertThat(members.running("proxy").errors()).containsPattern("(?s)passed to.*passed to");
          talks.forEach(Talk::finish);
        });
  }

  @Test
  void aGateHandsSessionsAtAStockSshdOverAndEnds() {
    Members members = Members.start();
    List<Talk> talks = new ArrayList<>();
    List<BulkEcho> copies = new ArrayList<>();
    try {
      kinds(members, "old.demo").forEach(it -> talks.add(Talk.start(it)));
      kinds(members, "old.demo").forEach(it -> copies.add(BulkEcho.start(it, BULK_MIB)));
      talks.forEach(Talk::sayAndHear);
      copies.forEach(BulkEcho::awaitBegun);
      for (int i = 0; i < GATE_TAKE_OVERS; i++) {
        members.upgrade("old", GATE_LEFT).await(GONE).ok();
        talks.forEach(Talk::sayAndHear);
        copies.forEach(BulkEcho::isUnbroken);
        Await.until(
            "the proxy reaches the new process",
            GONE,
            () -> members.ssh("old.demo", "true").run().status() == 0);
        kinds(members, "old.demo").forEach(it -> it.plus("true").run().ok());
      }
      copies.forEach(BulkEcho::finish);
      talks.forEach(Talk::finish);
    } catch (AssertionError e) {
      System.err.println(members.log());
      throw e;
    } finally {
      talks.forEach(Talk::close);
      copies.forEach(BulkEcho::close);
      members.close();
    }
  }

  @Test
  void servicesOfOneProcessAreTakenOverAsOne() {
    Members members = Members.inOneProcess();
    List<Talk> talks = new ArrayList<>();
    List<Program> old = new ArrayList<>();
    try {
      kinds(members, "web1.demo").forEach(it -> talks.add(Talk.start(it)));
      talks.forEach(Talk::sayAndHear);
      for (int i = 0; i < 2; i++) {
        old.add(members.upgrade("all", "has the port now"));
        talks.forEach(Talk::sayAndHear);
        members.running("all").awaitOutput("node web1 is here", GONE);
        kinds(members, "web1.demo").forEach(it -> it.plus("true").run().ok());
        assertThat(members.own("ls").run().ok().output()).containsPattern("web1 +online");
        assertThat(members.audited("session.start")).contains("alice");
      }
      assertThat(old).allMatch(Program::alive);
      talks.forEach(Talk::finish);
      old.forEach(it -> it.await(LINGER).ok());
      Await.until("the end of each session in the audit events", GONE, () -> ended(members) == 9);
    } catch (AssertionError e) {
      System.err.println(members.log());
      throw e;
    } finally {
      talks.forEach(Talk::close);
      members.close();
    }
  }

  private static long ended(Members members) {
    return members
        .audited("session.end")
        .lines()
        .filter(line -> line.contains("\"user\":\"alice\""))
        .count();
  }

  @Test
  void whoIsRemovedIsCutOff() {
    Members members = Members.start();
    try (Talk old = Talk.start(members.jump("old.demo"));
        Talk web = Talk.start(members.jump("web1.demo"))) {
      old.sayAndHear();
      web.sayAndHear();
      Program proxy = members.running("proxy");
      members.admin("nodes", "rm", "old").run().ok();
      old.ends();
      proxy.awaitOutput("a control link of node old ended", GONE);
      assertThat(members.jump("old.demo", "true").run().exited(255).errors())
          .contains("There is no node 'old' in this cluster");
      web.sayAndHear();
      members.admin("nodes", "rm", "p1").run().ok();
      web.endsWith("This proxy was removed from the cluster.");
      proxy.awaitOutput("serves no more", GONE);
      members.running("web1").awaitOutput("is no proxy of the cluster any more", GONE);
      proxy.await(GONE).ok();
    } catch (AssertionError e) {
      System.err.println(members.log());
      throw e;
    } finally {
      members.close();
    }
  }
}

package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Stock ssh with {@code holdfast connect} to a node that is taken over again and again, through a
 * relay that cuts links: each client has to be passed by the newest process to the one that has its
 * session. Nothing is lost, nothing comes twice, and the exit statuses are right.
 */
@Needs(Tool.SSH)
final class NodeTakeOverTest {
  private static final int TAKE_OVERS = Effort.LONG ? 20 : 6;
  private static final int STATUS = 7;
  private static final Duration GONE = Duration.ofSeconds(90);

  /** Says what it hears, and ends with a status of its own at the end of its input. */
  private static final String ECHO = "while read -r line; do echo \"heard $line\"; done; exit 7";

  @Test
  void sessionsOfEveryGenerationGoOnThroughTheNewestProcess() {
    List<Talk> talks = new ArrayList<>();
    try (Node node = Node.start();
        CuttingRelay relay = new CuttingRelay(node.address())) {
      try {
        for (int i = 0; i < TAKE_OVERS; i++) {
          talks.add(Talk.begin(relay, "v2"));
          talks.add(Talk.begin(relay, "v1"));
          node.upgrade();
          relay.reset();
          talks.forEach(Talk::sayAndHear);
        }
        relay.cut(CutPlan.of(1, 40, 400));
        for (int round = 0; round < 10; round++) {
          talks.forEach(Talk::sayAndHear);
        }
        assertThat(relay.resets()).isGreaterThan(TAKE_OVERS);
        assertThat(node.generations()).allMatch(Program::alive);
        talks.forEach(Talk::finish);
        node.awaitClientsGone(GONE);
      } catch (AssertionError e) {
        System.err.println("the node's log: " + node.log());
        throw e;
      } finally {
        Course.closeAll(talks);
      }
      if (Effort.LONG) {
        // They wait a minute for clients that have not heard how their stream ended.
        List<Program> old = node.generations().subList(0, TAKE_OVERS);
        old.forEach(program -> program.await(GONE).ok());
      }
      assertThat(node.log()).contains("was passed to process").doesNotContain("a defect");
    }
    Leftovers.end(GONE);
  }

  @Test
  void anOldProcessEndsByItselfWithItsLastConnection() {
    try (Node node = Node.start();
        Talk plain = Talk.plain(node)) {
      node.upgrade();
      plain.sayAndHear();
      Program old = node.generations().getFirst();
      assertThat(old.alive()).isTrue();
      plain.finish();
      old.await(GONE).ok();
    }
    Leftovers.end(GONE);
  }

  @Test
  void theClientOfANodeThatCrashedIsToldSoInOneSentence() {
    try (Node node = Node.start();
        CuttingRelay relay = new CuttingRelay(node.address());
        Talk talk = Talk.begin(relay, "v2")) {
      talk.sayAndHear();
      node.generations().getFirst().signal("KILL");
      try (Node next = node.again()) {
        Outcome outcome = talk.ssh.await(GONE).exited(255);
        assertThat(outcome.errors())
            .contains(
                "holdfast: The server does not have this connection any more: it ended, or the"
                    + " server was restarted; connect again.");
        assertThat(next.log()).contains("no such stream");
      }
    }
    Leftovers.end(GONE);
  }

  @Test
  void aSuccessorThatIsKilledGivesThePortBack() {
    try (Node node = Node.start();
        CuttingRelay relay = new CuttingRelay(node.address());
        Talk talk = Talk.begin(relay, "v2")) {
      node.upgrade();
      node.generations().getLast().signal("KILL");
      node.generations().getFirst().awaitOutput("serving again", GONE);
      relay.reset();
      talk.sayAndHear();
      Ssh.to(node.address(), null).exec("exit 7").run().exited(STATUS);
      node.upgrade();
      relay.reset();
      talk.sayAndHear();
      talk.finish();
      node.awaitClientsGone(GONE);
    }
    Leftovers.end(GONE);
  }

  /** A session that echoes lines. */
  private static final class Talk implements AutoCloseable {
    private final Program ssh;
    private final StringBuilder heard = new StringBuilder();
    private int said;

    private Talk(Program ssh) {
      this.ssh = ssh;
    }

    static Talk begin(CuttingRelay relay, String version) {
      String proxy =
          Holdfast.proxyCommand("%h", "%p").replace("--resume v2", "--resume " + version);
      Talk talk = new Talk(Ssh.to(relay.address(), proxy).exec(ECHO).start());
      talk.sayAndHear();
      return talk;
    }

    /** Without resumption. */
    static Talk plain(Node node) {
      Talk talk = new Talk(Ssh.to(node.address(), null).exec(ECHO).start());
      talk.sayAndHear();
      return talk;
    }

    void sayAndHear() {
      said++;
      ssh.type(said + "\n");
      heard.append("heard ").append(said).append('\n');
      ssh.awaitOutput(heard.toString(), GONE);
    }

    void finish() {
      ssh.closeInput();
      Outcome outcome = ssh.await(GONE).exited(STATUS);
      assertThat(outcome.output()).isEqualTo(heard.toString());
    }

    @Override
    public void close() {
      ssh.close();
    }
  }
}

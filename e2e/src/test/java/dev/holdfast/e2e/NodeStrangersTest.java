package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clients of a node that say nothing, say it slowly, or read nothing: others do not notice. */
@Needs(Tool.SSH)
final class NodeStrangersTest {
  private static final int SLOW = Effort.LONG ? 400 : 30;

  /** Fewer than those who begin at once. */
  private static final int MAX_STARTUPS = SLOW / 3 - 2;

  private static final int CONNECTIONS = Effort.LONG ? 10 : 2;
  private static final long SESSIONS = 8;

  /** What may be kept for a session that nobody reads: a window's worth, and what is on its way. */
  private static final long LIVE_BYTES_OF_EACH = 4L << 20;

  private static final Duration SOON = Duration.ofSeconds(60);

  @Test
  void whoIsSlowBeforeLoggingInIsSentAwayAndHoldsNobodyUp() throws Exception {
    String limits = "  LoginGraceTime: 5\n  MaxStartups: \"%d\"\n".formatted(MAX_STARTUPS);
    List<RawClient> slow = new ArrayList<>();
    try (Node node = Node.with(limits);
        Program friend = Ssh.to(node.address(), null).exec("cat; exit 7").start()) {
      friend.type("before\n");
      friend.awaitOutput("before\n", SOON);
      Vitals before = Vitals.of(node.generations().getFirst());
      for (int i = 0; i < SLOW; i++) {
        slow.add(new RawClient(node.address()));
      }
      Thread dripping = Thread.startVirtualThread(() -> drip(slow));
      // A friend who came between them would keep a place for the next one.
      Await.until(
          () -> "strangers in all places: " + node.log(), SOON, () -> joined(node) > MAX_STARTUPS);
      Await.until(
          () -> "strangers that are refused: " + node.log(),
          SOON,
          () -> Ssh.to(node.address(), null).exec("true").run().status() == 255);
      friend.type("meanwhile\n");
      friend.awaitOutput("meanwhile\n", SOON);
      Await.until(
          () -> "a login after their time is over: " + node.log(),
          SOON,
          () -> Ssh.to(node.address(), null).exec("true").run().status() == 0);
      Await.until(
          "their connections' end",
          SOON,
          () -> Vitals.of(node.generations().getFirst()).descriptors() <= before.descriptors() + 8);
      friend.closeInput();
      friend.await(SOON).exited(7);
      dripping.interrupt();
      dripping.join();
    } finally {
      for (RawClient one : slow) {
        one.close();
      }
    }
    Leftovers.end(SOON);
  }

  /** A third says nothing, a third a byte at a time, a third only its identification. */
  private static void drip(List<RawClient> slow) {
    String said = "SSH-2.0-" + "slow".repeat(50) + "\r\n";
    try {
      for (int i = 0; i < slow.size(); i += 3) {
        slow.get(i).send(said);
      }
      for (int at = 0; at < said.length(); at++) {
        for (int i = 1; i < slow.size(); i += 3) {
          slow.get(i).send(said.substring(at, at + 1)).pause(1);
        }
      }
    } catch (IOException e) {
      // The server has enough of them.
    }
  }

  @Test
  void whoOpensSessionsAndNeverReadsCostsAWindowOfEachAndNoMore() {
    List<Program> clients = new ArrayList<>();
    Path directory = Scratch.directory("unread");
    try (Node node = Node.forClients()) {
      Program process = node.generations().getFirst();
      Ssh ssh = Ssh.to(node.address(), null);
      ssh.exec("true").run().ok();
      Vitals before = Vitals.of(process);
      for (int i = 0; i < CONNECTIONS; i++) {
        String control = "ControlPath=" + directory.resolve("master" + i);
        Program master = ssh.ssh("-M", "-N", "-o", control, Ssh.HOST).start();
        clients.add(master);
        Await.until(
            () -> "the master: " + master,
            SOON,
            () -> ssh.ssh("-O", "check", "-o", control, Ssh.HOST).run().status() == 0);
        for (int session = 0; session < SESSIONS; session++) {
          clients.add(unread(ssh.ssh("-o", control, Ssh.HOST, "cat /dev/zero")).start());
        }
        // Who is stopped before all of them have begun begins no more; one was there before.
        long begun = 1 + (i + 1) * SESSIONS;
        Await.until(() -> "sessions: " + node.log(), SOON, () -> sessionsBegun(node) == begun);
        master.signal("STOP");
      }
      ssh.exec("true").run().ok();
      Vitals full = Vitals.of(process);
      System.err.printf(
          "%d sessions that nobody reads: %s, then %s%n", CONNECTIONS * SESSIONS, before, full);
      assertThat(full.liveBytes() - before.liveBytes())
          .isLessThan(CONNECTIONS * SESSIONS * LIVE_BYTES_OF_EACH);
      clients.forEach(Program::kill);
      Await.until(
          () -> "the end of their sessions: " + node.log(),
          SOON,
          () -> {
            Vitals after = Vitals.of(process);
            return after.children() == 0
                && after.descriptors() <= before.descriptors() + 8
                && after.liveBytes() < before.liveBytes() + (2L << 20);
          });
      ssh.exec("exit 7").run().exited(7);
    } finally {
      clients.forEach(Program::close);
    }
    Leftovers.end(SOON);
  }

  private static long joined(Node node) {
    return node.log().lines().filter(line -> line.contains(" joined, ")).count();
  }

  private static long sessionsBegun(Node node) {
    return node.log().lines().filter(line -> line.contains(" began: ")).count();
  }

  /** Its output goes to who does not take it. */
  private static Command unread(Command command) {
    return Command.of("sh", "-c", "\"$@\" | sleep 600", "sh")
        .plus(command.words().toArray(String[]::new));
  }
}

package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A shell on a remote pty in which a counter ticks while somebody types: both ways are checked, the
 * ticks without gap or repetition, the typed lines heard once and in order.
 */
final class TickingShell implements Work {
  private static final int STATUS = 7;
  private static final Duration BETWEEN_LINES = Duration.ofMillis(50);
  private static final Pattern TICK = Pattern.compile("tick (\\d+)(?: heard (\\d+))?");

  private final Program ssh;
  private final Thread typist = Thread.ofVirtual().name("typist").unstarted(this::typeOn);
  private volatile boolean enough;
  private int typed;

  TickingShell(Ssh client) {
    ssh = client.ssh("-tt", Ssh.HOST, "bash " + Sources.file("shell", "ticking.sh")).start();
    ssh.awaitOutput("tick 1\r\n", Command.USUAL_DEADLINE);
    typist.start();
  }

  private void typeOn() {
    try {
      while (!enough) {
        ssh.type((typed + 1) + "\n");
        typed++;
        LockSupport.parkNanos(BETWEEN_LINES.toNanos());
      }
    } catch (UncheckedIOException e) {
      // The shell is gone, which assertUnbroken and finish tell better.
    }
  }

  @Override
  public double progress() {
    return 1;
  }

  /** What passes in about ten seconds. */
  @Override
  public long expectedBytes() {
    return 50_000;
  }

  @Override
  public void assertUnbroken() {
    ssh.assertUnbroken();
  }

  @Override
  public void finish() {
    enough = true;
    Await.until("the typist's end", Effort.DEADLINE, () -> !typist.isAlive());
    ssh.type("stop\n");
    Outcome outcome = ssh.await(Effort.DEADLINE).exited(STATUS);
    int ticks = 0;
    int heard = 0;
    for (String line : outcome.output().lines().toList()) {
      Matcher tick = TICK.matcher(line);
      assertThat(tick.matches()).as("after tick " + ticks + ": " + line).isTrue();
      assertThat(Integer.parseInt(tick.group(1))).isEqualTo(++ticks);
      if (tick.group(2) != null) {
        assertThat(Integer.parseInt(tick.group(2))).isEqualTo(++heard);
      }
    }
    assertThat(heard).as("lines heard").isEqualTo(typed).isPositive();
  }

  @Override
  public void close() {
    enough = true;
    ssh.close();
  }
}

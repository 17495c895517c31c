package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * The first request through {@code holdfast forward} after the network did something to its
 * session. How long each took is printed; what is asserted leaves room for a busy machine.
 */
@Needs({Tool.SSH, Tool.SSHD, Tool.CURL})
final class ForwardLossTest {
  /** What a person would call hanging, with room for a busy machine. */
  private static final Duration HANG = Duration.ofSeconds(15);

  /** Ten minutes in the long form; what counts is that more was tried meanwhile than once. */
  private static final Duration OUTAGE =
      Effort.LONG ? Duration.ofMinutes(10) : Duration.ofSeconds(12);

  /** After so much silence a session is proved before it is used. */
  private static final Duration PROVE_AFTER = Duration.ofSeconds(10);

  /** Within a second of being heard of a session is used unasked, see decision 0014. */
  private static final Duration FRESH = Duration.ofMillis(1500);

  private static final Duration SLEEP = Duration.ofSeconds(6);
  private static final Duration ROUND_TRIP_HALF = Duration.ofMillis(35);

  private final Path directory = Scratch.directory("forward");
  private final InetSocketAddress local = Ports.free();

  /** A forwarder in the foreground that leads a port of ours to the app. */
  private Program leading(Ssh ssh, InetSocketAddress app, List<String> launcher) {
    Program program =
        Holdfast.command(
                "forward",
                "--foreground",
                "--json",
                "-F",
                ssh.config().toString(),
                "-L",
                local.getPort() + ":" + Ports.text(app),
                Ssh.HOST)
            .with("XDG_RUNTIME_DIR", directory.toString())
            .with("XDG_STATE_HOME", directory.resolve("state").toString())
            .with("XDG_CONFIG_HOME", directory.resolve("config").toString())
            .startedBy(launcher)
            .start();
    Ports.awaitListening(program, local.getPort());
    return program;
  }

  private void answers(String what, String name) throws IOException {
    long begun = System.nanoTime();
    assertThat(CountingApp.get(local.getPort(), name)).isEqualTo(name);
    told(what, begun);
  }

  private static void told(String what, long begun) {
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    System.out.printf("forward: %s, served after %d ms%n", what, took.toMillis());
    assertThat(took).as(what).isLessThan(HANG);
  }

  @Test
  void theNextRequestAfterTheFlowIsLostIsAnsweredWhetherTheSessionWasUsedLatelyOrLongIdle()
      throws Exception {
    try (Sshd sshd = Sshd.start();
        CuttingRelay relay = new CuttingRelay(sshd.address());
        CountingApp app = new CountingApp("threaded");
        Program _ = leading(Ssh.to(relay.address(), null), app.address(), List.of())) {
      relay.delay(ROUND_TRIP_HALF);
      CountingApp.get(local.getPort(), "first");
      answers("at 70 ms with nothing lost", "usual");
      loseFlows(relay);
      pass("the session not to be taken for alive unasked", FRESH);
      answers("at 70 ms, flow lost lately", "lately");
      pass("the session to be suspect", PROVE_AFTER.plusSeconds(1));
      loseFlows(relay);
      // Beside spare connections the server was just asked.
      pass("the session not to be taken for alive unasked", FRESH);
      answers("at 70 ms, flow lost while it was idle", "idle");
      assertThat(app.ran()).containsExactly("first", "usual", "lately", "idle");
    }
  }

  private static void pass(String what, Duration time) {
    long end = System.nanoTime() + time.toNanos();
    Await.until(what, time.plus(HANG), () -> System.nanoTime() - end > 0);
  }

  private static void loseFlows(CuttingRelay relay) {
    relay.fallSilent(Silence.FORGOTTEN);
    relay.heal();
  }

  @Test
  void theFirstRequestAfterAnOutageIsAnsweredAlthoughOthersFailedMeanwhile() throws Exception {
    try (Sshd sshd = Sshd.start();
        CuttingRelay relay = new CuttingRelay(sshd.address());
        CountingApp app = new CountingApp("threaded");
        Program _ = leading(Ssh.to(relay.address(), null), app.address(), List.of());
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      CountingApp.get(local.getPort(), "first");
      relay.fallSilent(Silence.REFUSING);
      long end = System.nanoTime() + OUTAGE.toNanos();
      Future<Integer> failures =
          clients.submit(() -> {
            int failed = 0;
            for (int i = 0; System.nanoTime() - end < 0; i++) {
              try {
                CountingApp.get(local.getPort(), "meanwhile" + i);
              } catch (IOException e) {
                failed++;
              }
            }
            return failed;
          });
      pass("the end of the outage", OUTAGE);
      relay.heal();
      answers("after an outage of " + OUTAGE.toSeconds() + " s", "after");
      failures.get();
      assertThat(app.ran()).doesNotHaveDuplicates().contains("first", "after");
    }
  }

  @Test
  void theFirstRequestAfterSleepIsAnsweredThoughTheNetworkForgotTheFlow() throws Exception {
    try (Sshd sshd = Sshd.start();
        CuttingRelay relay = new CuttingRelay(sshd.address());
        CountingApp app = new CountingApp("threaded");
        Program forwarder = leading(Ssh.to(relay.address(), null), app.address(), List.of())) {
      CountingApp.get(local.getPort(), "first");
      forwarder.signal("STOP");
      loseFlows(relay);
      pass("the time to wake", SLEEP);
      forwarder.signal("CONT");
      answers("after sleep", "after");
      assertThat(app.ran()).containsExactly("first", "after");
    }
  }

  @Test
  @NeedsRoot
  @Needs({Tool.GCC, Tool.SOCAT, Tool.IP})
  void theFirstRequestAfterAChangeOfAddressIsAnswered() {
    int port = Ports.free().getPort();
    try (Wan wan = new Wan("delay=35ms");
        Sshd sshd = Sshd.start(wan.server().enter());
        Program gateway = gateway(wan, port, sshd);
        CountingApp app = new CountingApp("threaded", wan.server().enter())) {
      Ports.awaitListening(gateway, port);
      InetSocketAddress far = new InetSocketAddress(Wan.SERVER_ADDRESS, port);
      try (Program _ = leading(Ssh.to(far, null), app.address(), wan.client().enter())) {
        curl(wan, "first");
        wan.tell("readdr 10.77.1.9/24");
        long begun = System.nanoTime();
        curl(wan, "after");
        told("after a change of address at 70 ms", begun);
        assertThat(app.ran()).containsExactly("first", "after");
      }
    }
  }

  private static Program gateway(Wan wan, int port, Sshd sshd) {
    return Command.of(
            "socat", "TCP-LISTEN:" + port + ",fork,reuseaddr", "TCP:" + Ports.text(sshd.address()))
        .startedBy(wan.server().enter())
        .start();
  }

  private void curl(Wan wan, String name) {
    String url = "http://127.0.0.1:" + local.getPort() + "/" + name;
    Command.of("curl", "-sSf", "--max-time", "50", url).startedBy(wan.client().enter()).run().ok();
  }
}

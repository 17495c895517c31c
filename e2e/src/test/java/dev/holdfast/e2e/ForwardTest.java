package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code holdfast forward} to a stock sshd, through a network that fails. */
@Needs({Tool.SSH, Tool.SSHD, Tool.CURL})
final class ForwardTest {
  private static final Duration READY = Duration.ofSeconds(60);
  private static final int SHORT_CUTS = 30;
  private static final int CUTS =
      Integer.getInteger("holdfast.cuts", Effort.LONG ? 1000 : SHORT_CUTS);
  private static final Duration MEAN_GAP = Duration.ofMillis(400);

  /** What a person would call hanging, with room for a busy machine. */
  private static final Duration HANG = Duration.ofSeconds(20);

  /** The longest that a request may take under cuts: what is promised, where many are made. */
  private static final Duration LONGEST = CUTS > SHORT_CUTS ? Duration.ofSeconds(5) : HANG;

  private final Sshd sshd = Sshd.start();
  private final CuttingRelay relay = new CuttingRelay(sshd.address());
  private final Ssh ssh = Ssh.to(relay.address(), null);
  private final Path directory = Scratch.directory("forward");

  @AfterEach
  void end() {
    relay.close();
    sshd.close();
  }

  private Command forward(String... arguments) {
    return Holdfast.command("forward")
        .plus(arguments)
        .with("XDG_RUNTIME_DIR", directory.toString())
        .with("XDG_STATE_HOME", directory.resolve("state").toString())
        .with("XDG_CONFIG_HOME", directory.resolve("config").toString());
  }

  /** A forwarder in the foreground that leads a port of ours to the app. */
  private Program leading(InetSocketAddress local, InetSocketAddress app) {
    Program program =
        forward(
                "--foreground",
                "--json",
                "-F",
                ssh.config().toString(),
                "-L",
                local.getPort() + ":" + Ports.text(app),
                Ssh.HOST)
            .start();
    Ports.awaitListening(program, local.getPort());
    return program;
  }

  @Test
  void underRandomCutsEachRequestIsAnsweredOnceOrFailsAndNoneRunsTwice() throws Exception {
    InetSocketAddress local = Ports.free();
    try (CountingApp app = new CountingApp("threaded");
        Program _ = leading(local, app.address());
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      CountingApp.get(local.getPort(), "first");
      AtomicBoolean done = new AtomicBoolean();
      AtomicInteger numbers = new AtomicInteger();
      AtomicLong longest = new AtomicLong();
      AtomicInteger failed = new AtomicInteger();
      Set<String> answered = ConcurrentHashMap.newKeySet();
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        running.add(
            clients.submit(() -> {
              while (!done.get()) {
                String name = "r" + numbers.incrementAndGet();
                long begun = System.nanoTime();
                try {
                  assertThat(CountingApp.get(local.getPort(), name)).isEqualTo(name);
                  answered.add(name);
                } catch (IOException e) {
                  failed.incrementAndGet();
                }
                longest.accumulateAndGet(System.nanoTime() - begun, Math::max);
              }
            }));
      }
      cutWhatWorks(answered);
      done.set(true);
      for (Future<?> each : running) {
        each.get();
      }

      List<String> ran = app.ran();
      assertThat(new HashSet<>(ran)).as("none twice").hasSameSizeAs(ran).containsAll(answered);
      assertThat(answered).hasSizeGreaterThan(CUTS);
      assertThat(answered).as("each was answered or failed").hasSize(numbers.get() - failed.get());
      assertThat(CountingApp.get(local.getPort(), "last")).isEqualTo("last");
      System.out.printf(
          "forward: %d cuts, %d answered, %d failed, longest %d ms%n",
          relay.resets(), answered.size(), failed.get(), longest.get() / 1_000_000);
      assertThat(Duration.ofNanos(longest.get())).isLessThan(LONGEST);
    }
  }

  /**
   * Each cut at a random time after somebody was answered: on a busy machine, cuts at all times
   * would let no login be done for long. One that found nothing to cut does not count.
   */
  private void cutWhatWorks(Set<String> answered) {
    for (int seed = 5; relay.resets() < CUTS; seed++) {
      assertThat(seed).as("cuts, of which %d counted", relay.resets()).isLessThan(2 * CUTS);
      int before = answered.size();
      Await.until("an answer after a cut", HANG, () -> answered.size() > before);
      relay.resetAtRandomTimes(seed, 1, MEAN_GAP);
    }
  }

  @Test
  void twentyRequestsInFlightWhenTheirFlowIsLostFailVisiblyAndTheNextIsAnswered() throws Exception {
    InetSocketAddress local = Ports.free();
    try (CountingApp app = new CountingApp("threaded");
        Program _ = leading(local, app.address());
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      CountingApp.get(local.getPort(), "first");
      List<Future<String>> flying = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        String name = "wait/" + i;
        flying.add(clients.submit((Callable<String>) () -> CountingApp.get(local.getPort(), name)));
      }
      Await.until("all to be in flight", READY, () -> app.ran().size() == 21);
      relay.fallSilent(Silence.FORGOTTEN);
      relay.heal();
      long begun = System.nanoTime();
      assertThat(CountingApp.get(local.getPort(), "next")).isEqualTo("next");
      for (Future<String> each : flying) {
        assertThatThrownBy(each::get)
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(IOException.class);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(HANG);
      app.release();
      assertThat(new HashSet<>(app.ran())).as("none twice").hasSameSizeAs(app.ran()).hasSize(22);
    }
  }

  @Test
  void anAppThatServesOneConnectionAtATimeIsNotHeldUpForOthers() throws Exception {
    InetSocketAddress local = Ports.free();
    try (CountingApp app = new CountingApp("single");
        Program _ = leading(local, app.address());
        ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      AtomicBoolean done = new AtomicBoolean();
      Future<Long> longest =
          clients.submit(() -> {
            long most = 0;
            for (int i = 0; !done.get(); i++) {
              long begun = System.nanoTime();
              CountingApp.get(app.address().getPort(), "own" + i);
              most = Math.max(most, System.nanoTime() - begun);
            }
            return most;
          });
      for (int i = 0; i < 60; i++) {
        assertThat(CountingApp.get(local.getPort(), "led" + i)).isEqualTo("led" + i);
      }
      done.set(true);
      assertThat(Duration.ofNanos(longest.get())).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void anAppKeepsItsPortAndAConflictIsToldInsteadOfAnotherPort() throws Exception {
    try (CountingApp app = new CountingApp("threaded")) {
      String far = Ports.text(app.address());
      String config = ssh.config().toString();
      try {
        // The app's own number is taken by the app, on the same machine here.
        forward("-F", config, Ssh.HOST, far).run().ok();
        int port = port();
        assertThat(CountingApp.get(port, "through")).isEqualTo("through");
        assertThat(forward("ls").run().ok().output()).contains("connected").contains(far);

        forward("stop").run().ok();
        awaitFree(port);
        try (ServerSocket other = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
          forward("-F", config, Ssh.HOST, far).run().ok();
          assertThat(forward("ls").run().ok().output())
              .contains("not listening")
              .contains("Port " + other.getLocalPort())
              .contains("used by another program");
        }
        Await.until("the port to be had again", READY, () -> port() == port);
        assertThat(CountingApp.get(port, "again")).isEqualTo("again");

        forward("rm", Ssh.HOST).run().ok();
        awaitFree(port);
        assertThat(forward("ls").run().ok().output()).contains("Nothing is forwarded");
      } finally {
        forward("stop").run();
      }
      assertThat(Files.readString(directory.resolve("state/holdfast/forward-ports"))).contains(far);
    }
  }

  private int port() {
    String from = forward("ls", "--format", "names").run().ok().output().strip();
    return from.matches("localhost:[0-9]+") ? Integer.parseInt(from.substring(10)) : 0;
  }

  private static void awaitFree(int port) {
    Await.until(
        "port " + port + " to be free",
        READY,
        () -> {
          try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return true;
          } catch (IOException e) {
            return false;
          }
        });
  }

  @Test
  void aBrowserGetsAPageThatSaysWhyAndAProgramAReset() throws IOException {
    InetSocketAddress local = Ports.free();
    InetSocketAddress nobody = Ports.free();
    try (Program _ = leading(local, nobody)) {
      String url = "http://localhost:" + local.getPort() + "/";
      Outcome page =
          Command.of("curl", "-sS", "--max-time", "50", "-i", "-H", "Accept: text/html", url)
              .run()
              .ok();
      assertThat(page.output())
          .startsWith("HTTP/1.1 503 ")
          .contains("Refresh: 2")
          .contains("The app is not running");
      assertThat(Command.of("curl", "-sS", "--max-time", "50", url).run().status()).isEqualTo(56);
    }
  }

  @Test
  @NeedsRoot
  void anotherUserOfTheMachineGetsNothing() throws IOException {
    InetSocketAddress local = Ports.free();
    try (CountingApp app = new CountingApp("threaded");
        Program _ = leading(local, app.address())) {
      assertThat(CountingApp.get(local.getPort(), "own")).isEqualTo("own");
      String url = "http://127.0.0.1:" + local.getPort() + "/theirs";
      Outcome outcome =
          Command.of("setpriv", "--reuid", "65534", "--clear-groups", "curl", "-sS", url).run();
      assertThat(outcome.status()).isNotZero();
      assertThat(app.ran()).containsExactly("own");
    }
  }

  @Test
  void aPageOfAStrangerWhoseNameMeansThisMachineDoesNotReachTheApp() throws IOException {
    InetSocketAddress local = Ports.free();
    try (CountingApp app = new CountingApp("threaded");
        Program _ = leading(local, app.address())) {
      String port = ":" + local.getPort();
      String foreign = "evil.example" + port + ":127.0.0.1";
      Outcome page =
          Command.of("curl", "-sS", "--max-time", "50", "-i", "--resolve", foreign)
              .plus("http://evil.example" + port + "/stolen")
              .run()
              .ok();
      assertThat(page.output()).startsWith("HTTP/1.1 403 ").contains("Not for evil.example");
      curl("http://localhost" + port + "/own");
      curl("http://[::1]" + port + "/own6");
      assertThat(app.ran()).containsExactly("own", "own6");
    }
  }

  @Test
  void whatIsNoHttpPassesAlsoWhereTheServerSpeaksFirst() throws IOException {
    InetSocketAddress local = Ports.free();
    try (Program _ = leading(local, sshd.address());
        Socket socket = new Socket(local.getAddress(), local.getPort())) {
      socket.setSoTimeout((int) HANG.toMillis());
      byte[] greeting = socket.getInputStream().readNBytes(8);
      assertThat(greeting).asString().isEqualTo("SSH-2.0-");
      Outcome keys =
          Command.of("ssh-keyscan", "-p", Integer.toString(local.getPort()), "127.0.0.1").run();
      assertThat(keys.ok().output()).contains("ssh-ed25519");
    }
  }

  @Test
  void aPortAtTheServerLeadsWhereEachConnectionAsksForBySocksAndItsBytesAreCounted()
      throws IOException {
    InetSocketAddress remote = Ports.free();
    try (CountingApp app = new CountingApp("threaded")) {
      try {
        String config = ssh.config().toString();
        forward("-F", config, "-R", Integer.toString(remote.getPort()), Ssh.HOST).run().ok();
        Ports.awaitListening(sshd.program(), remote.getPort());
        String url = "http://" + Ports.text(app.address());
        curl("--socks5-hostname", Ports.text(remote), url + "/five");
        curl("--socks4a", Ports.text(remote), url + "/four");
        assertThat(app.ran()).containsExactly("five", "four");
        Await.until(
            "what was carried to be counted",
            READY,
            () -> {
              String json = forward("ls", "--format", "json").run().ok().output();
              return json.contains("\"kind\":\"remote\"")
                  && json.contains("\"connections\":0")
                  && !json.contains("\"sent\":0")
                  && !json.contains("\"received\":0");
            });
      } finally {
        forward("stop").run();
      }
    }
  }

  @Test
  void portsSocketsAndSocksLeadBothWays() throws IOException {
    InetSocketAddress socks = Ports.free();
    InetSocketAddress remote = Ports.free();
    Path socket = directory.resolve("near.sock");
    try (CountingApp app = new CountingApp("threaded");
        Program program =
            forward(
                    "--foreground",
                    "-F",
                    ssh.config().toString(),
                    "-D",
                    Integer.toString(socks.getPort()),
                    "-R",
                    remote.getPort() + ":" + Ports.text(app.address()),
                    "-L",
                    socket + ":" + Ports.text(app.address()),
                    Ssh.HOST)
                .start()) {
      Ports.awaitListening(program, socks.getPort());
      String url = "http://" + Ports.text(app.address());
      curl("--socks5-hostname", Ports.text(socks), url + "/socks");
      curl("--unix-socket", socket.toString(), "http://localhost/socket");
      Ports.awaitListening(sshd.program(), remote.getPort());
      curl("http://127.0.0.1:" + remote.getPort() + "/remote");
      assertThat(app.ran()).containsExactly("socks", "socket", "remote");
    }
  }

  private static void curl(String... arguments) {
    Command.of("curl", "-sSf", "--max-time", "50").plus(arguments).run().ok();
  }
}

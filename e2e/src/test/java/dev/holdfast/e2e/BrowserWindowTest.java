package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * {@code holdfast open} with real browsers, in a network namespace whose only way out is one on
 * which nobody may be seen; the servers are in others.
 */
@NeedsRoot
@Needs({Tool.CHROMIUM, Tool.CURL, Tool.IP, Tool.NETCAT, Tool.SSHD})
final class BrowserWindowTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String APP = "http://localhost:" + FarApp.PORT;

  private static Namespace here;
  private static FarApp alpha;
  private static FarApp beta;

  @BeforeAll
  static void makeNetworks() {
    Namespace.removeStale();
    here = Namespace.fresh("w");
    Command.of("ip", "netns", "add", here.name()).run().ok();
    in("ip", "link", "set", "lo", "up");
    in("ip", "link", "add", "way", "type", "veth", "peer", "name", "out");
    in("sysctl", "-q", "net.ipv6.conf.way.disable_ipv6=1", "net.ipv6.conf.out.disable_ipv6=1");
    in("ip", "link", "set", "out", "up");
    in("ip", "link", "set", "way", "up");
    in("ip", "address", "add", "10.78.1.2/24", "dev", "way");
    in("ip", "route", "add", "default", "via", "10.78.1.1");
    alpha = new FarApp("alpha");
    beta = new FarApp("beta");
  }

  @AfterAll
  static void removeNetworks() {
    alpha.close();
    beta.close();
    here.remove();
  }

  private static String in(String... command) {
    return Command.of(command).startedBy(here.enter()).run().ok().output();
  }

  private static Program open(FarApp server, String login, Path home, String... more) {
    List<String> words = new ArrayList<>(List.of("open"));
    words.addAll(server.sshOptions());
    words.addAll(
        List.of(
            "--browser=chromium",
            "--browser-option=--headless=new",
            "--browser-option=--no-sandbox",
            "--browser-option=--disable-dev-shm-usage",
            login));
    words.addAll(Arrays.asList(more));
    return Holdfast.command(words.toArray(String[]::new))
        .startedBy(here.enter())
        .with("HOLDFAST_JAVA_OPTS", "-Duser.home=" + home)
        .with("HOME", home.toString())
        .with("XDG_RUNTIME_DIR", home.toString())
        .start();
  }

  private static void end(Program window) {
    window.signal("TERM");
    Await.until(() -> "the end of " + window, SOON, () -> !window.alive());
  }

  /** Packets that went out besides loopback: the tenth column behind the name (proc(5)). */
  private static String sent() {
    String line =
        in("cat", "/proc/net/dev")
            .lines()
            .filter(it -> it.contains("way:"))
            .findFirst()
            .orElseThrow();
    return line.substring(line.indexOf(':') + 1).strip().split(" +", -1)[9];
  }

  private static String sentByUdp() {
    return in("cat", "/proc/net/snmp")
        .lines()
        .filter(it -> it.startsWith("Udp: "))
        .toList()
        .getLast();
  }

  @Test
  void localhostIsTheServersAndNothingElseIsReached() throws IOException {
    Path home = Scratch.directory("window");
    String sentBefore = sent();
    String udpBefore = sentByUdp();
    int before = alpha.reports();
    try (Program window = open(alpha, "root@alpha", home, APP + "/?token=secret")) {
      Map<String, String> report = alpha.awaitReport(before, window);

      assertThat(report)
          .containsEntry("origin", APP)
          .containsEntry("secure", "true")
          .containsEntry("token", "secret")
          .containsEntry("localhost", "alpha")
          .containsEntry("four", "alpha")
          .containsEntry("six", "alpha")
          .containsEntry("sixByName", "alpha")
          .containsEntry("other", "alpha")
          .containsEntry("below", "alpha")
          .containsEntry("socket", "ping")
          .containsEntry("worker", APP + "/")
          .containsEntry("upload", "3000000")
          .containsEntry("nowhere", "failed")
          .containsEntry("internet", "failed")
          .containsEntry("name", "failed")
          .containsEntry("rtc", "0");
      othersGetNothing(home, window);
      end(window);
    }
    assertThat(sent()).as("packets that went another way").isEqualTo(sentBefore);
    assertThat(sentByUdp()).as("datagrams, also on loopback").isEqualTo(udpBefore);
  }

  /** Neither another program of the same user nor another user, while the window is open. */
  private static void othersGetNothing(Path home, Program window) throws IOException {
    String door = "127.0.0.1:" + Files.readString(find(home, "port")).strip();
    Command curl =
        Command.of("curl", "-sS", "--max-time", "20", "--socks5-hostname", door, APP + "/who");
    assertThat(curl.startedBy(here.enter()).run().status()).isNotZero();
    List<String> asNobody = new ArrayList<>(here.enter());
    asNobody.addAll(List.of("setpriv", "--reuid=65534", "--clear-groups"));
    assertThat(curl.startedBy(asNobody).run().status()).isNotZero();
    window.awaitOutput("was turned away", SOON);
  }

  private static Path find(Path home, String name) throws IOException {
    try (Stream<Path> files = Files.walk(home.resolve(".local/share/holdfast/browser"), 2)) {
      return files.filter(it -> it.endsWith(name)).findFirst().orElseThrow();
    }
  }

  /** Chromium writes them every half minute, and when a person closes the window. */
  private static void awaitCookieOnDisk(Path home) {
    Await.until(
        "the cookie on disk",
        SOON,
        () -> {
          Path login = Objects.requireNonNull(find(home, "port").getParent());
          Path cookies = login.resolve("profile-chromium/Default/Cookies");
          return Files.exists(cookies)
              && Files.readString(cookies, StandardCharsets.ISO_8859_1).contains("seen");
        });
  }

  @Test
  void cookiesStayOverARestartAndAreEachServersOwn() {
    Path home = Scratch.directory("window");
    for (String before : List.of("", "seen=alpha")) {
      int reports = alpha.reports();
      try (Program window = open(alpha, "root@alpha", home, APP)) {
        Map<String, String> report = alpha.awaitReport(reports, window);
        assertThat(report).containsEntry("before", before).containsEntry("localhost", "alpha");
        awaitCookieOnDisk(home);
        end(window);
      }
    }
    int reports = beta.reports();
    try (Program window = open(beta, "root@beta", home, APP)) {
      Map<String, String> report = beta.awaitReport(reports, window);
      assertThat(report)
          .containsEntry("localhost", "beta")
          .containsEntry("before", "")
          .containsEntry("stored", "");
      end(window);
    }
  }

  /** The confined process of a window; the browser is not below it. */
  private static ProcessHandle confined(Program window) {
    return ProcessHandle.of(window.pid())
        .orElseThrow()
        .descendants()
        .filter(BrowserWindowTest::isConfined)
        .findFirst()
        .orElseThrow();
  }

  private static boolean isConfined(ProcessHandle process) {
    try {
      Path words = Path.of("/proc/" + process.pid() + "/cmdline");
      return Files.readString(words, StandardCharsets.ISO_8859_1).endsWith("confined-window\0");
    } catch (IOException e) {
      return false; // It has ended.
    }
  }

  @Test
  void trafficIsInAConfinedProcessAndAKilledOneIsReplacedWhileOtherWindowsGoOn()
      throws IOException {
    Path home = Scratch.directory("window");
    int alphas = alpha.reports();
    int betas = beta.reports();
    String goesOn = APP + "/?again";
    try (Program one = open(alpha, "root@alpha", home, goesOn);
        Program other = open(beta, "root@beta", home, goesOn)) {
      alpha.awaitReport(alphas, one);
      beta.awaitReport(betas, other);
      ProcessHandle killed = confined(one);
      ProcessHandle beside = confined(other);
      assertThat(Files.readString(Path.of("/proc/" + killed.pid() + "/status")))
          .contains("NoNewPrivs:\t1\n", "Seccomp:\t2\n");

      killed.destroyForcibly();
      one.awaitOutput("another one takes its place", SOON);

      assertThat(alpha.awaitReport(alpha.reports(), one)).containsEntry("again", "yes");
      assertThat(beta.awaitReport(beta.reports(), other)).containsEntry("again", "yes");
      assertThat(confined(one).pid()).isNotEqualTo(killed.pid());
      assertThat(beside.isAlive()).isTrue();
      end(one);
      end(other);
      Await.until("the end of " + beside, SOON, () -> !beside.isAlive());
    }
  }
}

package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
  private static final String APP = "http://localhost:" + ReportingApp.PORT;

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

  private static Window window() {
    return Window.fresh(here.enter());
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
    Window window = window();
    String sentBefore = sent();
    String udpBefore = sentByUdp();
    int before = alpha.app().reports();
    try (Program open = window.open(alpha.sshOptions(), "root@alpha", APP + "/?token=secret")) {
      Map<String, String> report = alpha.app().awaitReport(before, open);

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
          .containsEntry("any", "alpha")
          .containsEntry("socket", "ping")
          .containsEntry("worked", "the worker")
          .containsEntry("crossed", "1")
          .containsEntry("forbidden", "failed")
          .containsEntry("hidden", "failed")
          .containsEntry("shown", "for pages of the same origin")
          .containsEntry("upload", "3000000")
          .containsEntry("nowhere", "failed")
          .containsEntry("internet", "failed")
          .containsEntry("name", "failed")
          .containsEntry("rtc", "0");
      othersGetNothing(window, open);
      Window.end(open);
    }
    assertThat(sent()).as("packets that went another way").isEqualTo(sentBefore);
    assertThat(sentByUdp()).as("datagrams, also on loopback").isEqualTo(udpBefore);
  }

  /** Neither another program of the same user nor another user, while the window is open. */
  private static void othersGetNothing(Window window, Program open) throws IOException {
    String door = "127.0.0.1:" + window.door();
    Command curl =
        Command.of("curl", "-sS", "--max-time", "20", "--socks5-hostname", door, APP + "/who");
    assertThat(curl.startedBy(here.enter()).run().status()).isNotZero();
    List<String> asNobody = new ArrayList<>(here.enter());
    asNobody.addAll(List.of("setpriv", "--reuid=65534", "--clear-groups"));
    assertThat(curl.startedBy(asNobody).run().status()).isNotZero();
    open.awaitOutput("was turned away", SOON);
  }

  /** Chromium writes them every half minute, and when a person closes the window. */
  private static void awaitCookieOnDisk(Window window) {
    Await.until(
        "the cookie on disk",
        SOON,
        () -> {
          Path login = Objects.requireNonNull(window.file("port").getParent());
          Path cookies = login.resolve("profile-chromium/Default/Cookies");
          return Files.exists(cookies)
              && Files.readString(cookies, StandardCharsets.ISO_8859_1).contains("seen");
        });
  }

  @Test
  void cookiesStayOverARestartAndAreEachServersOwn() {
    Window window = window();
    for (String before : List.of("", "seen=alpha")) {
      int reports = alpha.app().reports();
      try (Program open = window.open(alpha.sshOptions(), "root@alpha", APP)) {
        Map<String, String> report = alpha.app().awaitReport(reports, open);
        assertThat(report).containsEntry("before", before).containsEntry("localhost", "alpha");
        awaitCookieOnDisk(window);
        Window.end(open);
      }
    }
    int reports = beta.app().reports();
    try (Program open = window.open(beta.sshOptions(), "root@beta", APP)) {
      Map<String, String> report = beta.app().awaitReport(reports, open);
      assertThat(report)
          .containsEntry("localhost", "beta")
          .containsEntry("before", "")
          .containsEntry("stored", "");
      Window.end(open);
    }
  }

  @Test
  void aDownloadIsWhereThePersonLooksForItByteForByte() {
    Window window = window();
    int before = alpha.app().reports();
    try (Program open = window.open(alpha.sshOptions(), "root@alpha", APP + "/?download")) {
      alpha.app().awaitReport(before, open);
      Path offered = alpha.app().download();
      Path downloaded = window.home().resolve("Downloads").resolve(offered.getFileName());
      // Chromium gives it that name when it is whole.
      Await.until(() -> downloaded + " of " + open, SOON, () -> Files.exists(downloaded));
      assertThat(Sample.sha256(downloaded)).isEqualTo(Sample.sha256(offered));
      Window.end(open);
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
    Window window = window();
    int alphas = alpha.app().reports();
    int betas = beta.app().reports();
    String goesOn = APP + "/?again";
    try (Program one = window.open(alpha.sshOptions(), "root@alpha", goesOn);
        Program other = window.open(beta.sshOptions(), "root@beta", goesOn)) {
      alpha.app().awaitReport(alphas, one);
      beta.app().awaitReport(betas, other);
      ProcessHandle killed = confined(one);
      ProcessHandle beside = confined(other);
      assertThat(Files.readString(Path.of("/proc/" + killed.pid() + "/status")))
          .contains("NoNewPrivs:\t1\n", "Seccomp:\t2\n");

      killed.destroyForcibly();
      one.awaitOutput("another one takes its place", SOON);

      assertThat(alpha.app().awaitReport(alpha.app().reports(), one)).containsEntry("again", "yes");
      assertThat(beta.app().awaitReport(beta.app().reports(), other)).containsEntry("again", "yes");
      assertThat(confined(one).pid()).isNotEqualTo(killed.pid());
      assertThat(beside.isAlive()).isTrue();
      Window.end(one);
      Window.end(other);
      Await.until("the end of " + beside, SOON, () -> !beside.isAlive());
    }
  }

  @Test
  void withoutLandlockThePersonIsToldWhatItCouldDoAndItStillWritesAndReachesNothing()
      throws IOException {
    List<String> launcher = new ArrayList<>(here.enter());
    launcher.add("/usr/bin/python3");
    launcher.add(Sources.file("python", "without_landlock.py").toString());
    Window window = Window.fresh(launcher);
    int before = alpha.app().reports();
    try (Program open = window.open(alpha.sshOptions(), "root@alpha", APP)) {
      open.awaitOutput("This kernel has no Landlock", SOON);
      assertThat(alpha.app().awaitReport(before, open)).containsEntry("localhost", "alpha");
      // That of the test; those of writing, of what is outside and of programs.
      assertThat(Files.readString(Path.of("/proc/" + confined(open).pid() + "/status")))
          .contains("NoNewPrivs:\t1\n", "Seccomp:\t2\n", "Seccomp_filters:\t4\n");
      Window.end(open);
    }
  }
}

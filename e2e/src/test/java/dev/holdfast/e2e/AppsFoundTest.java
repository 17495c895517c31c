package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The apps of a server on which nothing is installed, found from 70 ms away without a session to
 * begin with. How long it took is printed; what is asserted leaves room for a busy machine.
 */
@NeedsRoot
@Needs({Tool.SSH, Tool.SSHD, Tool.CURL, Tool.GCC, Tool.SOCAT, Tool.IP})
final class AppsFoundTest {
  private static final Duration READY = Duration.ofSeconds(60);
  private static final Duration FOUND = Duration.ofSeconds(30);
  private static final Pattern ADDRESS = Pattern.compile("http://localhost:[0-9]+/server/\\S+/");
  private static final int APPS = 4;

  @Test
  void webAppsAreListedWithWhatTheyAreWithoutASessionToBeginWith() {
    int port = Ports.free().getPort();
    try (Wan wan = new Wan("delay=35ms");
        Sshd sshd = Sshd.start(wan.server().enter());
        Program gateway = gateway(wan, port, sshd)) {
      Ports.awaitListening(gateway, port);
      List<CountingApp> apps =
          IntStream.range(0, APPS)
              .mapToObj(i -> new CountingApp(i == 0 ? "single" : "threaded", wan.server().enter()))
              .toList();
      try (Program pages = pages(wan, new InetSocketAddress(Wan.SERVER_ADDRESS, port))) {
        String address = address(pages);
        long begun = System.nanoTime();
        try (Program live = live(wan, address)) {
          Await.until(() -> "the apps in " + live, FOUND, () -> webs(live.output()) == APPS);
          Duration took = Duration.ofNanos(System.nanoTime() - begun);
          System.out.printf("apps: %d found at 70 ms after %d ms%n", APPS, took.toMillis());
        }
        for (CountingApp app : apps) {
          assertThat(app.ran()).as("asked for nothing but its page").containsOnly("");
        }
      } finally {
        apps.forEach(CountingApp::close);
      }
    }
  }

  private static Program gateway(Wan wan, int port, Sshd sshd) {
    return Command.of(
            "socat", "TCP-LISTEN:" + port + ",fork,reuseaddr", "TCP:" + Ports.text(sshd.address()))
        .startedBy(wan.server().enter())
        .start();
  }

  private static Program pages(Wan wan, InetSocketAddress far) {
    String config = Ssh.to(far, null).config().toString();
    return Holdfast.command("open", "--own-browser", "-F", config, Ssh.HOST)
        .startedBy(wan.client().enter())
        .start();
  }

  private static String address(Program pages) {
    pages.awaitOutput("in your browser", READY);
    Matcher address = ADDRESS.matcher(pages.errors());
    assertThat(address.find()).as(pages.errors()).isTrue();
    return address.group();
  }

  /** The page's own stream of what is known. */
  private static Program live(Wan wan, String address) {
    return Command.of("curl", "-sSN", "--max-time", "50", address + "live")
        .startedBy(wan.client().enter())
        .start();
  }

  /** Web apps in the last state that was told. */
  private static int webs(String told) {
    String last = told.substring(Math.max(told.lastIndexOf("data:"), 0));
    return last.split("\"kind\":\"web\"", -1).length - 1;
  }
}

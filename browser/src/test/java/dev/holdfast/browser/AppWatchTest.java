package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AppWatchTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final TestServers servers = new TestServers();
  private final LocalFar far = new LocalFar();
  private final AppWatch apps = new AppWatch(far);

  @AfterEach
  void close() throws IOException {
    apps.close();
    servers.close();
  }

  private Optional<Probed> at(int port) {
    return apps.known().apps().stream()
        .filter(it -> it.candidate().port() == port)
        .findFirst()
        .flatMap(App::probed);
  }

  @Test
  void findsWhatRunsHereAndWhatItIs() {
    int page = servers.page("<title>My app</title><link rel=icon href=i.png>");
    int login = servers.answering("HTTP/1.1 302 Found\r\nLocation: /login\r\n\r\n");
    int tls =
        servers.answering(
            "HTTP/1.1 400 Bad Request\r\n\r\nThe plain HTTP request was sent to HTTPS port");
    int alert = servers.answering("\u0015\u0003\u0001\u0000\u0002\u0002F");
    int database =
        servers.talking(
            (_, out) -> out.write("5.7.1 ready".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    int other = servers.answering("what?\r\n\r\n");

    apps.wake();

    await()
        .atMost(SOON)
        .until(() ->
            at(page).isPresent()
                && at(login).isPresent()
                && at(tls).isPresent()
                && at(alert).isPresent()
                && at(database).isPresent()
                && at(other).isPresent());
    assertThat(at(page)).contains(new Probed.Web("http", 200, "My app", "/i.png"));
    assertThat(at(login)).contains(new Probed.Web("http", 302, "", "/favicon.ico"));
    assertThat(at(tls)).contains(new Probed.Web("https", 0, "", ""));
    assertThat(at(alert)).contains(new Probed.Web("https", 0, "", ""));
    assertThat(at(database)).contains(new Probed.NotWeb());
    assertThat(at(other)).contains(new Probed.NotWeb());
    App app =
        apps.known().apps().stream()
            .filter(it -> it.candidate().port() == page)
            .findFirst()
            .orElseThrow();
    assertThat(app.candidate().owner()).isEqualTo(Candidate.Owner.OWN);
    assertThat(app.candidate().program().name()).isEqualTo("java");
    assertThat(app.candidate().program().directory()).isEqualTo(System.getProperty("user.dir"));
    assertThat(app.url()).isEqualTo("http://localhost:" + page + "/");
  }

  @Test
  void seesAppsComeAndGoWhileItIsWatched() throws IOException {
    apps.watch(() -> {});
    await().atMost(SOON).until(() -> apps.known().phase() == AppWatch.Phase.FOUND);
    int page = servers.page("<title>Late</title>");

    apps.wake();
    await().atMost(SOON).until(() -> at(page).isPresent());

    servers.close();
    apps.wake();
    await()
        .atMost(SOON)
        .until(() -> apps.known().apps().stream().noneMatch(it -> it.candidate().port() == page));
  }

  @Test
  void tellsAppsThatServeBesideSilentConnectionsFromThoseThatDoNot() {
    int many = servers.page("<title>Many</title>");
    int single =
        servers.oneByOne((in, out) -> {
          if (!TestServers.readHead(in).isEmpty()) {
            out.write(
                TestServers.http("200 OK", "text/html", "<title>One</title>")
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8));
          }
        });

    apps.wake();

    await().atMost(SOON).until(() -> far.beside.contains("localhost:" + many));
    await()
        .atMost(SOON)
        .until(
            () -> far.opened.stream().filter(("127.0.0.1:" + single)::equals).count() > Probe.IDLE);
    assertThat(far.beside).doesNotContain("localhost:" + single);
  }

  @Test
  void asksEachListenerOnce() {
    int page = servers.page("<title>Once</title>");
    apps.watch(() -> {});
    await().atMost(SOON).until(() -> far.beside.contains("localhost:" + page));
    long before = far.opened.stream().filter(("127.0.0.1:" + page)::equals).count();

    int late = servers.page("<title>Late</title>");
    apps.wake();
    await().atMost(SOON).until(() -> far.beside.contains("localhost:" + late));

    assertThat(far.opened.stream().filter(("127.0.0.1:" + page)::equals).count()).isEqualTo(before);
  }
}

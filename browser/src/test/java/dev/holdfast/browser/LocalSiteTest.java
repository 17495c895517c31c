package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalSiteTest {
  @TempDir private Path home;

  private final List<String> asked = new ArrayList<>();
  private LocalSite site;

  private final Forwards forwards =
      new Forwards() {
        @Override
        public List<Map<String, Object>> list() {
          return List.of(Map.of("id", 7, "from", "localhost:3000", "server", "<ann>"));
        }

        @Override
        public URI lead(String server, String app) throws IOException {
          asked.add(server + " " + app);
          if (app.endsWith(":9")) {
            throw new IOException("The port is taken.");
          }
          return URI.create("http://localhost:4711");
        }

        @Override
        public void remove(long id) {
          asked.add("remove " + id);
        }
      };

  @BeforeEach
  void open() throws IOException {
    List<String> known = List.of("staging");
    site =
        LocalSite.open(
            0, _ -> new LocalFar(), forwards, Clusters.NONE, known, Map.of(), home, _ -> {});
  }

  @AfterEach
  void close() throws IOException {
    site.close();
  }

  private String answer(String method, String path, String fields) throws IOException {
    URI url = URI.create(site.url());
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), url.getPort())) {
      String host = fields.contains("Host:") ? "" : "Host: " + url.getAuthority() + "\r\n";
      String request = method + " " + path + " HTTP/1.1\r\n" + host + fields + "\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String get(String path) throws IOException {
    return answer("GET", path, "");
  }

  @Test
  void showsServersAndForwards() throws IOException {
    assertThat(get("/")).startsWith("HTTP/1.1 200").contains("<title>Holdfast</title>");
    assertThat(get("/state"))
        .contains("\"servers\":[\"staging\"]", "\"id\":7", "\\u003cann>")
        .doesNotContain("<ann>");
    assertThat(get("/server/ann@build/"))
        .startsWith("HTTP/1.1 200")
        .contains("<title>Apps</title>");
    assertThat(get("/server/ann@build/state")).contains("\"window\":false");
  }

  @Test
  void leadsToAppsAtPortsOfThisMachine() throws IOException {
    assertThat(get("/server/ann@build/go?url=http%3A%2F%2Flocalhost%3A8888%2Flab%3Ftoken%3D1"))
        .startsWith("HTTP/1.1 302")
        .contains("Location: http://localhost:4711/lab?token=1\r\n");
    assertThat(asked).containsExactly("ann@build localhost:8888");
    assertThat(get("/server/ann@build/go?url=9"))
        .startsWith("HTTP/1.1 502")
        .contains("The port is taken.");
  }

  @Test
  void takesNoOptionForAServer() throws IOException {
    for (String name : List.of("-oProxyCommand=x", "%2DF", "a%20b", "..%2F..", "", "a'b")) {
      assertThat(get("/server/" + name + "/")).as(name).startsWith("HTTP/1.1 404");
    }
  }

  @Test
  void removesAForwardOnlyForItsOwnPage() throws IOException {
    assertThat(answer("POST", "/remove?id=7", "")).startsWith("HTTP/1.1 403");
    assertThat(answer("POST", "/remove?id=7", "Origin: http://localhost:1\r\n"))
        .startsWith("HTTP/1.1 403");
    assertThat(asked).isEmpty();
    assertThat(answer("POST", "/remove?id=7", "Origin: " + site.url() + "\r\n"))
        .startsWith("HTTP/1.1 204");
    assertThat(asked).containsExactly("remove 7");
  }

  @Test
  void isServedUnderNoOtherName() throws IOException {
    assertThat(answer("GET", "/state", "Host: bent.example\r\n")).startsWith("HTTP/1.1 421");
  }
}

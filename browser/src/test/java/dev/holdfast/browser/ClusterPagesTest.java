package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ClusterPagesTest {
  private static final String ID = "0123456789abcdef".repeat(2);
  private static final String OWN = "Origin: http://localhost:7000\n";

  private final List<String> called = new ArrayList<>();

  private final Clusters clusters =
      new Clusters() {
        @Override
        public List<Map<String, Object>> list() {
          return List.of(Map.of("name", "demo", "user", "<ann>"));
        }

        @Override
        public String call(String cluster, String method, String params) throws IOException {
          called.add(cluster + " " + method + " " + params);
          if (method.equals("audit.search")) {
            throw new IOException("You may not call audit.search.");
          }
          return "{\"done\":true}";
        }

        @Override
        public void cast(String cluster, String recording, boolean plain, OutputStream out)
            throws IOException {
          if (cluster.equals("other")) {
            throw new IOException("There is no recording that you may see.");
          }
          out.write("line\n".repeat(50_000).getBytes(StandardCharsets.UTF_8));
          if (cluster.equals("cut")) {
            throw new IOException("The connection to the auth service has ended.");
          }
        }

        @Override
        public void follow(String cluster, String recording, Listener listener) throws IOException {
          listener.line("[1, \"o\", \"x\"]");
          listener.still();
        }

        @Override
        public void events(String cluster, String query, Listener listener) throws IOException {
          listener.line(query);
          throw new IOException("The connection\nhas ended.");
        }

        @Override
        public Guest join(String cluster, Wish wish) {
          called.add(cluster + " " + wish);
          return new Guest() {
            @Override
            public void watch(Listener listener) throws IOException {
              listener.line("c2hvd24=");
              assertThat(post("keys/" + ID, "Holdfast-Keys: bHMK\n")).startsWith("HTTP/1.1 204");
              assertThat(post("leave/" + ID, "")).startsWith("HTTP/1.1 204");
            }

            @Override
            public void type(byte[] keys) {
              called.add("typed " + new String(keys, StandardCharsets.UTF_8));
            }

            @Override
            public void close() {
              called.add("left");
            }
          };
        }
      };

  private final PageServer server =
      new PageServer(() -> Set.of("localhost:7000"), new ClusterPages(clusters));

  private String served(String line, String fields) {
    return servedAs("localhost:7000", line, fields);
  }

  private String servedAs(String host, String line, String fields) {
    String request = line + " HTTP/1.1\nHost: " + host + "\n" + fields + "\n";
    MemoryDuplex browser =
        new MemoryDuplex(request.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
    server.serve(browser);
    return new String(browser.output(), StandardCharsets.UTF_8);
  }

  private String get(String path) {
    return served("GET " + path, "");
  }

  private String token() {
    Matcher token = Pattern.compile("\"token\":\"([0-9a-f]{64})\"").matcher(get("/cluster/list"));
    assertThat(token.find()).isTrue();
    return token.group(1);
  }

  @Test
  void everyFileThatThePagesNameIsThere() {
    for (String page :
        List.of(
            "/cluster/",
            "/cluster/demo/audit",
            "/cluster/demo/recordings/" + ID,
            "/cluster/demo/sessions/7f0c-1")) {
      String html = get(page);
      assertThat(html).as(page).startsWith("HTTP/1.1 200");
      Matcher names = Pattern.compile("(?:src|href)=\"(/[^\"]+\\.(?:js|css))\"").matcher(html);
      while (names.find()) {
        if (!names.group(1).equals("/page.css")) {
          assertThat(get(names.group(1))).as(names.group(1)).startsWith("HTTP/1.1 200");
        }
      }
    }
    for (String script :
        List.of("/cluster.js", "/recording.js", "/session.js", "/cluster-overview.js")) {
      Matcher imports = Pattern.compile("'\\.(/[a-z/-]+\\.m?js)'").matcher(get(script));
      while (imports.find()) {
        assertThat(get(imports.group(1))).as(imports.group(1)).startsWith("HTTP/1.1 200");
      }
    }
  }

  @Test
  void eachPageLoadsItsOwnScriptAndNoOther() {
    assertThat(modules("/cluster/")).containsExactly("/cluster.js");
    assertThat(modules("/cluster/demo/sessions")).containsExactly("/cluster.js");
    assertThat(modules("/cluster/demo/sessions/7f0c-1")).containsExactly("/session.js");
    assertThat(modules("/cluster/demo/recordings/" + ID)).containsExactly("/recording.js");
  }

  private List<String> modules(String page) {
    return Pattern.compile("<script src=\"([^\"]+)\" type=\"module\">")
        .matcher(get(page))
        .results()
        .map(it -> it.group(1))
        .toList();
  }

  @Test
  void onlyThePageOfTheRecordingMayRunThePlayersModule() {
    assertThat(get("/cluster/demo/recordings/" + ID))
        .contains("script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline';");
    assertThat(get("/cluster/demo/recordings")).contains("script-src 'self'; style-src 'self';");
  }

  @Test
  void callsWhatTellsSomethingAndNothingElse() {
    assertThat(get("/cluster/demo/call/nodes.list?params=%7B%22labels%22%3A%22a%3Db%22%7D"))
        .startsWith("HTTP/1.1 200")
        .contains("application/json");
    assertThat(called).containsExactly("demo nodes.list {\"labels\":\"a=b\"}");
    for (String path :
        List.of(
            "/cluster/demo/call/sessions.end",
            "/cluster/demo/call/users.set",
            "/cluster/demo/do/sessions.end",
            "/cluster/..%2Fx/call/self",
            "/cluster/demo/recordings/" + ID + "0",
            "/cluster/demo/cast/x",
            "/cluster/demo/call/self/more")) {
      assertThat(get(path)).as(path).startsWith("HTTP/1.1 404");
    }
    assertThat(called).hasSize(1);
  }

  @Test
  void whatTheServiceRefusesIsToldInItsWords() {
    assertThat(get("/cluster/demo/call/audit.search"))
        .startsWith("HTTP/1.1 502")
        .endsWith("You may not call audit.search.\n");
  }

  @Test
  void changesSomethingOnlyForAPageThatWasGivenTheToken() {
    String end = "POST /cluster/demo/do/sessions.end?params=%7B%22name%22%3A%22s%22%7D";
    assertThat(served(end, OWN)).startsWith("HTTP/1.1 403");
    assertThat(served(end, OWN + "Holdfast-Token: " + "0".repeat(64) + "\n"))
        .startsWith("HTTP/1.1 403")
        .contains("load it again");
    assertThat(served(end, "Holdfast-Token: " + token() + "\n")).startsWith("HTTP/1.1 403");
    assertThat(called).isEmpty();
    assertThat(served(end, OWN + "Holdfast-Token: " + token() + "\n")).startsWith("HTTP/1.1 204");
    assertThat(called).containsExactly("demo sessions.end {\"name\":\"s\"}");
    assertThat(served("POST /cluster/demo/do/users.set", OWN + "Holdfast-Token: " + token() + "\n"))
        .startsWith("HTTP/1.1 404");
  }

  @Test
  void aRecordingComesWholeOrSaysWhyThereIsNone() {
    String cast = get("/cluster/demo/cast/" + ID + "?download=1");
    assertThat(cast)
        .startsWith("HTTP/1.1 200")
        .contains("Content-Disposition: attachment; filename=\"" + ID + ".cast\"")
        .endsWith("line\n");
    assertThat(cast.substring(cast.indexOf("\r\n\r\n") + 4)).hasSize(250_000);
    assertThat(get("/cluster/other/cast/" + ID))
        .startsWith("HTTP/1.1 502")
        .contains("There is no recording that you may see.")
        .doesNotContain("200");
    assertThat(get("/cluster/cut/cast/" + ID)).startsWith("HTTP/1.1 200");
  }

  @Test
  void linesAreToldUntilTheEndAndWhyItIs() {
    assertThat(get("/cluster/demo/follow/" + ID))
        .contains("text/event-stream")
        .endsWith("data: [1, \"o\", \"x\"]\n\nevent: done\ndata:\n\n");
    assertThat(get("/cluster/demo/events?params=%7B%7D"))
        .endsWith("data: {}\n\nevent: failed\ndata: The connection has ended.\n\n");
  }

  private String post(String path, String fields) {
    return served("POST /cluster/demo/" + path, OWN + "Holdfast-Token: " + token() + "\n" + fields);
  }

  @Test
  void aSessionIsJoinedAndTypedInByAPageThatWasGivenTheTokenAndNoOther() {
    String join = "join/7f0c-1?guest=" + ID + "&columns=100&rows=30&observe=1";
    assertThat(served("POST /cluster/demo/" + join, OWN)).startsWith("HTTP/1.1 403");
    assertThat(served("POST /cluster/demo/keys/" + ID, OWN)).startsWith("HTTP/1.1 403");
    assertThat(get("/cluster/demo/" + join)).startsWith("HTTP/1.1 404");
    String shown = "Holdfast-Token: " + token() + "\n";
    for (String way : List.of(join, "keys/" + ID, "leave/" + ID)) {
      String line = "POST /cluster/demo/" + way;
      assertThat(served(line, shown)).as(way).startsWith("HTTP/1.1 403");
      assertThat(served(line, "Origin: http://evil.example\n" + shown))
          .as(way)
          .startsWith("HTTP/1.1 403");
      assertThat(served(line, "Origin: http://localhost:8000\n" + shown))
          .as(way)
          .startsWith("HTTP/1.1 403");
      assertThat(servedAs("evil.example:7000", line, OWN + shown))
          .as(way)
          .startsWith("HTTP/1.1 421");
    }
    assertThat(post("join/7f0c-1?guest=x&columns=100&rows=30", "")).startsWith("HTTP/1.1 404");
    assertThat(post("join/7f0c-1?guest=" + ID + "&columns=0&rows=30", ""))
        .startsWith("HTTP/1.1 404");
    assertThat(post("join/-x?guest=" + ID + "&columns=1&rows=30", "")).startsWith("HTTP/1.1 404");
    assertThat(called).isEmpty();
    assertThat(post(join, ""))
        .contains("text/event-stream")
        .endsWith("data: c2hvd24=\n\nevent: done\ndata:\n\n");
    assertThat(called)
        .containsExactly(
            "demo Wish[session=7f0c-1, observes=true, columns=100, rows=30]",
            "typed ls\n",
            "left",
            "left");
    assertThat(post("keys/" + ID, "Holdfast-Keys: bHMK\n")).startsWith("HTTP/1.1 404");
  }

  @Test
  void onlyThePageOfASessionMaySetStylesForItsTerminal() {
    assertThat(get("/cluster/demo/sessions/7f0c-1"))
        .startsWith("HTTP/1.1 200")
        .contains("script-src 'self'; style-src 'self' 'unsafe-inline';");
    assertThat(get("/cluster/demo/sessions")).contains("script-src 'self'; style-src 'self';");
  }

  @Test
  void namesAreNeverMarkup() {
    assertThat(get("/cluster/list")).contains("\\u003cann>").doesNotContain("<ann>");
  }
}

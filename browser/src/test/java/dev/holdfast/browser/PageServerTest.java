package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PageServerTest {
  private final PageServer server =
      new PageServer(() -> Set.of("localhost:7000"), request -> PageAnswer.text(200, "secret"));

  private String served(String request) {
    MemoryDuplex browser =
        new MemoryDuplex(request.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
    server.serve(browser);
    return new String(browser.output(), StandardCharsets.UTF_8);
  }

  private static String get(String fields) {
    return "GET /state HTTP/1.1\nHost: localhost:7000\n" + fields + "\n";
  }

  private static String post(String fields) {
    return "POST /favourite?id=1 HTTP/1.1\nHost: localhost:7000\n" + fields + "\n";
  }

  @Test
  void answersItsOwnPagesAndThePerson() {
    assertThat(served(get(""))).startsWith("HTTP/1.1 200 OK").endsWith("secret\n");
    assertThat(served(get("Sec-Fetch-Site: same-origin\n"))).contains("secret");
    assertThat(served(get("Sec-Fetch-Site: none\nSec-Fetch-Mode: navigate\n"))).contains("secret");
    assertThat(served(post("Origin: http://localhost:7000\nSec-Fetch-Site: same-origin\n")))
        .contains("secret");
  }

  @Test
  void answersUnderNoOtherName() {
    for (String host :
        new String[] {
          "rebound.example:7000", "localhost", "localhost:7001", "", "127.0.0.1:7000"
        }) {
      assertThat(served("GET / HTTP/1.1\nHost: " + host + "\n\n"))
          .as(host)
          .startsWith("HTTP/1.1 421")
          .doesNotContain("secret");
    }
  }

  @Test
  void tellsNothingToPagesFromElsewhere() {
    assertThat(served(get("Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: cors\n")))
        .startsWith("HTTP/1.1 403");
    assertThat(served(get("Sec-Fetch-Site: same-site\nSec-Fetch-Mode: no-cors\n")))
        .startsWith("HTTP/1.1 403");
    assertThat(served(get("Origin: http://localhost:8888\n"))).startsWith("HTTP/1.1 403");
    assertThat(served(get("Origin: null\n"))).startsWith("HTTP/1.1 403");
  }

  @Test
  void changesNothingUnlessThePageItselfAsks() {
    assertThat(served(post(""))).startsWith("HTTP/1.1 403");
    assertThat(served(post("Origin: http://localhost:8888\n"))).startsWith("HTTP/1.1 403");
    String visit = "Sec-Fetch-Site: cross-site\nSec-Fetch-Mode: navigate\n";
    assertThat(served(post("Origin: http://localhost:7000\n" + visit))).startsWith("HTTP/1.1 403");
    assertThat(served("PUT / HTTP/1.1\nHost: localhost:7000\nOrigin: http://localhost:7000\n\n"))
        .startsWith("HTTP/1.1 405");
  }

  @Test
  void forbidsWhatAPageNeedNotDo() {
    assertThat(served(get("")))
        .contains("default-src 'none'")
        .contains("frame-ancestors 'none'")
        .contains("X-Content-Type-Options: nosniff")
        .contains("Cross-Origin-Resource-Policy: same-origin")
        .contains("Referrer-Policy: no-referrer");
  }

  @Test
  void refusesWhatIsNoRequest() {
    assertThat(served("\u0016\u0003\u0001")).startsWith("HTTP/1.1 400");
    assertThat(served("GET / HTTP/1.1\nX: " + "x".repeat(HttpHead.MOST_BYTES) + "\n\n"))
        .startsWith("HTTP/1.1 400");
  }
}

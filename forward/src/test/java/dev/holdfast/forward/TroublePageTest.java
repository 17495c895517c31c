package dev.holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class TroublePageTest {
  private static boolean isWanted(String request) {
    byte[] bytes = request.getBytes(StandardCharsets.ISO_8859_1);
    return TroublePage.isWanted(bytes, bytes.length);
  }

  @Test
  void onlyABrowserThatAsksForAPageGetsOne() {
    assertThat(isWanted("GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html,*/*\r\n\r\n")).isTrue();
    assertThat(isWanted("GET / HTTP/1.1\r\naccept: TEXT/HTML\r\n\r\n")).isTrue();

    assertThat(isWanted("GET / HTTP/1.1\r\nAccept: */*\r\n\r\n")).isFalse();
    assertThat(isWanted("POST / HTTP/1.1\r\nAccept: text/html\r\n\r\n")).isFalse();
    assertThat(isWanted("GET / HTTP/1.1\r\nAccept: text/html\r\n")).as("not whole").isFalse();
    assertThat(isWanted("\0\0\0\u0008accept: text/html\r\n\r\n")).isFalse();
  }

  @Test
  void thePageSaysWhatIsWrongAndHasNothingOfAStrangersInIt() {
    Trouble trouble = new Trouble.Failed("<script>alert(1)</script> & more");
    String page =
        new String(
            TroublePage.of("me@far", FarAddress.loopback(8888), trouble), StandardCharsets.UTF_8);

    assertThat(page)
        .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
        .contains("Refresh: ")
        .contains("Connection: close\r\n\r\n<!doctype html>")
        .contains("&lt;script&gt;")
        .doesNotContain("<script>");
    String body = page.substring(page.indexOf("\r\n\r\n") + 4);
    assertThat(page).contains("Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length);
  }

  @Test
  void requestsAndAnswersOfHttpAreKnownByTheirFirstBytes() {
    assertThat(HttpLook.isRequest(java.nio.ByteBuffer.wrap(bytes("OPTIONS * HTTP/1.1")))).isTrue();
    assertThat(HttpLook.isRequest(java.nio.ByteBuffer.wrap(bytes("SSH-2.0-x")))).isFalse();
    assertThat(HttpLook.isRequest(java.nio.ByteBuffer.wrap(bytes("GE")))).isFalse();
    assertThat(HttpLook.isAnswer(java.nio.ByteBuffer.wrap(bytes("xHTTP/1.1")).position(9), 1))
        .isTrue();
    assertThat(HttpLook.isAnswer(java.nio.ByteBuffer.wrap(bytes("HTTP/")).position(5), 0))
        .isFalse();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}

package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HtmlPageTest {
  private static HttpAnswer answer(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return HttpAnswer.parse(bytes, bytes.length).orElseThrow();
  }

  @Test
  void readsTitleAndIcon() {
    HtmlPage page =
        HtmlPage.parse(
            "<!doctype html><head><LINK REL=stylesheet HREF=a.css><link rel='shortcut icon'"
                + " href=\"/static/i.png?a=1&amp;b=2\"><Title lang=en>\n"
                + " Fish &amp; chips &#8212; &#x1F41F; </TITLE>");

    assertThat(page.title()).isEqualTo("Fish & chips — 🐟");
    assertThat(page.icon()).isEqualTo("/static/i.png?a=1&b=2");
  }

  @Test
  void showsNothingThatTurnsOrHidesOtherText() {
    assertThat(HtmlPage.parse("<title>a\u202eb\u0007c\u200bd</title>").title()).isEqualTo("abcd");
    assertThat(HtmlPage.parse("<title>" + "x".repeat(5000) + "</title>").title())
        .hasSize(HtmlPage.MOST_TITLE);
  }

  private static String unchunked(String chunks) {
    return answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks).text();
  }

  @Test
  void putsChunksTogether() {
    assertThat(unchunked("9\r\n<title>Ab\r\n4;x=y\r\nc</t\r\n5\r\nitle>\r\n0\r\n\r\n"))
        .isEqualTo("<title>Abc</title>");
    assertThat(unchunked("fffff\r\nab")).isEqualTo("ab");
    assertThat(unchunked("fffffffff\r\nab")).isEmpty();
  }

  @Test
  void followsTheCharsetOfThePage() {
    byte[] bytes =
        "HTTP/1.0 200 OK\nContent-Type: text/html; charset=\"iso-8859-1\"\n\n\u00e4"
            .getBytes(StandardCharsets.ISO_8859_1);
    assertThat(HttpAnswer.parse(bytes, bytes.length).orElseThrow().text()).isEqualTo("\u00e4");
    assertThat(answer("HTTP/1.0 200 OK\nContent-Type: text/html; charset=!?\n\n\u00e4").text())
        .isEqualTo("\u00e4");
  }

  @Test
  void isNoAnswerWhenItIsAnotherProtocol() {
    byte[] banner = "SSH-2.0-OpenSSH_9.2\r\n\r\n".getBytes(StandardCharsets.UTF_8);
    assertThat(HttpAnswer.parse(banner, banner.length)).isEmpty();
  }
}

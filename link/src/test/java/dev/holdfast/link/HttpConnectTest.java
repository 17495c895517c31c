package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpConnectTest {
  private static final Destination TO = new Destination("example.org", 22);

  @Test
  void asksForATunnel() throws DialException {
    assertThat(start("http://proxy", TO).sentText(0))
        .isEqualTo("CONNECT example.org:22 HTTP/1.1\r\nHost: example.org:22\r\n\r\n");
    assertThat(start("http://proxy", new Destination("2001:db8::1", 22)).sentText(0))
        .isEqualTo("CONNECT [2001:db8::1]:22 HTTP/1.1\r\nHost: [2001:db8::1]:22\r\n\r\n");
  }

  @Test
  void provesItselfByTheUrlsUserAndPassword() throws DialException {
    assertThat(start("http://Aladdin:open%20sesame@proxy", TO).sentText(0))
        .as("the example of RFC 7617 section 2")
        .contains("\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 Connection established\r\n\r\n",
        "HTTP/1.0 200 OK\r\nVia: x\r\nContent-Length: 5\r\n\r\n",
        "HTTP/1.1 299\r\n\r\n",
        "HTTP/1.1 200\n\n",
        "HTTP/1.1 200 OK\r\nX: y\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
      })
  void takesTheAnswerToItsLastByteAndNotOneMore(String answer) throws DialException {
    for (int portion = 1; portion <= answer.length(); portion++) {
      HandshakeBytes bytes = start("http://proxy", TO);
      assertThat(bytes.feed(bytes(answer + "\n\nSSH-2.0-x\r\n"), portion))
          .isEqualTo(answer.length());
      assertThat(bytes.isOpen()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"HTTP/1.1 200 OK\r\nVia: x\r\n\r\n", "HTTP/1.1 100\n\nHTTP/1.1 200 OK\n\n"})
  void anAnswerCutAnywhereOpensNothing(String answer) throws DialException {
    for (int length = 0; length < answer.length(); length++) {
      HandshakeBytes bytes = start("http://proxy", TO);
      assertThat(bytes.feed(bytes(answer.substring(0, length)), 100)).isEqualTo(length);
      assertThat(bytes.isOpen()).isFalse();
    }
  }

  @Test
  void aNoIsKnownFromTheStatusOn() throws DialException {
    HandshakeBytes bytes = start("http://proxy", TO);
    assertThatExceptionOfType(DialException.class)
        .isThrownBy(() -> bytes.feed(bytes("HTTP/1.1 403"), 1))
        .withMessage(
            "http://proxy:1080 did not connect to example.org:22: it answered with HTTP status"
                + " 403.")
        .satisfies(e ->
            assertThat(e.failure())
                .isEqualTo(new DialFailure.ProxyRefused(proxy("http://proxy"), TO, 403)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"HTTP/1.1 407 Proxy Authentication Required", "HTTP/1.0 401 Unauthorized"})
  void wantsAUserAndTellsIfTheOneItHadWasNotAccepted(String answer) throws DialException {
    assertThatExceptionOfType(DialException.class)
        .isThrownBy(() -> start("http://proxy", TO).feed(bytes(answer), 100))
        .withMessage(
            "http://proxy:1080 wants a user and a password:"
                + " put user:password@ before the host in ALL_PROXY.");
    assertThatExceptionOfType(DialException.class)
        .isThrownBy(() -> start("http://u:p@proxy", TO).feed(bytes(answer), 100))
        .withMessage("http://proxy:1080 did not accept the user and password in ALL_PROXY.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH",
        "HTTP/2 200",
        "HTTP/1.1  200",
        "HTTP/1.1 20x",
        "\r\nHTTP/1.1 200",
        "\u0000",
        "http/1.1 200"
      })
  void whatIsNoHttpIsToldAtItsFirstWrongByte(String answer) {
    assertThatExceptionOfType(DialException.class)
        .isThrownBy(() -> start("http://proxy", TO).feed(bytes(answer), 1))
        .satisfies(e -> assertThat(e.failure()).isInstanceOf(DialFailure.ProxyGarbled.class));
  }

  @Test
  void anEndlessHeaderEndsAt16KiB() throws DialException {
    HandshakeBytes bytes = start("http://proxy", TO);
    String begin = "HTTP/1.1 200 OK\r\n";
    String most = begin + "x".repeat(HttpConnect.MAX_HEADER_BYTES - begin.length());
    assertThat(bytes.feed(bytes(most), 512)).isEqualTo(HttpConnect.MAX_HEADER_BYTES);
    assertThatExceptionOfType(DialException.class)
        .isThrownBy(() -> bytes.feed(bytes("x"), 1))
        .satisfies(e -> assertThat(e.failure()).isInstanceOf(DialFailure.ProxyGarbled.class));
  }

  @Test
  void endlessInterimAnswersEndThereToo() {
    byte[] answers = bytes("HTTP/1.1 100 Continue\r\n\r\n".repeat(1000));
    assertThatExceptionOfType(DialException.class)
        .isThrownBy(() -> start("http://proxy", TO).feed(answers, 512));
  }

  private static HandshakeBytes start(String url, Destination to) throws DialException {
    return new HandshakeBytes(new HttpConnect(proxy(url), to));
  }

  private static OutboundProxy proxy(String url) throws DialException {
    return OutboundProxy.parse("ALL_PROXY", url);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}

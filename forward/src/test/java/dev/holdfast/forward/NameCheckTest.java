package dev.holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NameCheckTest {
  private static final NameCheck.Verdict PASS = new NameCheck.Verdict.Pass();
  private static final NameCheck.Verdict MORE = new NameCheck.Verdict.More();

  private final NameCheck check = new NameCheck(Set.of("dev.test"));

  private NameCheck.Verdict look(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    return check.look(bytes, bytes.length);
  }

  private static NameCheck.Verdict foreign(String name) {
    return new NameCheck.Verdict.Foreign(Optional.of(name));
  }

  private NameCheck.Verdict asks(String host) {
    return look("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LocalHost:8888",
        "localhost.",
        "app.localhost:80",
        "127.0.0.1:8888",
        "127.0.0.2",
        "0.0.0.0:1",
        "[::1]:8888",
        "[::1]",
        "dev.test:8888",
        ""
      })
  void thisMachineMayBeAskedForByItsNamesItsAddressesAndThoseThatWereGiven(String host) {
    assertThat(asks(host)).isEqualTo(PASS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "localhost.evil.example",
        "evillocalhost",
        "127.0.0.1.evil.example",
        "sub.dev.test"
      })
  void anyOtherNameIsForeign(String host) {
    assertThat(asks(host)).isEqualTo(foreign(host));
    assertThat(asks(host + ":8888")).isEqualTo(foreign(host));
    assertThat(look("GET http://" + host + "/x HTTP/1.1\r\nHost: localhost\r\n\r\n"))
        .isEqualTo(foreign(host));
  }

  @Test
  void whatIsNoNameIsForeignAndNotRepeated() {
    for (String host : new String[] {"<b>.example", "a b", "x\u00e4.example", "[::1", "a:b:c"}) {
      assertThat(asks(host)).as(host).isEqualTo(new NameCheck.Verdict.Foreign(Optional.empty()));
    }
  }

  @Test
  void anyMethodAndAnyCaseOfTheFieldCounts() {
    assertThat(look("x-custom /p?q HTTP/1.1\nA: b\nhOST:\tevil.example\n\n"))
        .isEqualTo(foreign("evil.example"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "JDWP-Handshake",
        "\u0016\u0003\u0001",
        "SSH-2.0-x\r\n",
        "*1\r\n$4\r\nPING\r\n",
        "EHLO me\r\n",
        "GET key\r\n",
        "GET /\r\n",
        "GET / RTSP/1.0\r\nHost: evil.example\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET / HTTP/1.0\r\nAccept: */*\r\n\r\n",
        "a word\nHost: evil.example\n"
      })
  void whatIsNoRequestOfABrowserPasses(String text) {
    assertThat(look(text)).isEqualTo(PASS);
  }

  @Test
  void aRequestIsHeldBackUntilItsHostIsKnownWhereverItIsCut() {
    String request = "GET /x HTTP/1.1\r\nAccept: */*\r\nHost: evil.example\r\n";
    for (int length = 4; length < request.length(); length++) {
      assertThat(look(request.substring(0, length))).as("%d bytes", length).isEqualTo(MORE);
    }
    assertThat(look(request)).isEqualTo(foreign("evil.example"));
  }

  @Test
  void aRequestWithoutEndIsForeignAtTheBound() {
    for (String beginning : new String[] {"GET /", "x", "GET / HTTP/1.1\r\nA: "}) {
      String full = beginning + "y".repeat(NameCheck.MOST_BYTES - beginning.length());
      assertThat(look(full)).isEqualTo(new NameCheck.Verdict.Foreign(Optional.empty()));
    }
    assertThat(look("/".repeat(NameCheck.MOST_BYTES))).isEqualTo(PASS);
  }
}

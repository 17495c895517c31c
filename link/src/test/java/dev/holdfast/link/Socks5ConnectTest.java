package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Socks5ConnectTest {
  private static final Destination TO = new Destination("example.org", 22);
  private static final String OPEN_REPLY = "05 00 00 01 00000000 0000";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "05 00 | 05 00 00 01 c0000201 1234",
        "05 00 | 05 00 00 04 20010db8000000000000000000000001 1234",
        "05 00 | 05 00 00 03 00 1234",
        "05 00 | 05 00 00 03 03 616263 1234",
      })
  void takesTheReplyToItsLastByteAndNotOneMore(String answers) throws DialException {
    byte[] all = hex(answers + " 5353482d");
    for (int portion = 1; portion <= all.length; portion++) {
      HandshakeBytes bytes = start("socks5h://proxy");
      assertThat(bytes.feed(all, portion)).isEqualTo(all.length - 4);
      assertThat(bytes.isOpen()).isTrue();
    }
  }

  @Test
  void anAnswerCutAnywhereOpensNothing() throws DialException {
    byte[] all = hex("05 02 | 01 00 | 05 00 00 03 03 616263 1234");
    for (int length = 0; length < all.length; length++) {
      HandshakeBytes bytes = start("socks5h://user:pw@proxy");
      byte[] some = Arrays.copyOf(all, length);
      assertThat(bytes.feed(some, 100)).isEqualTo(length);
      assertThat(bytes.isOpen()).isFalse();
    }
  }

  @Test
  void letsTheProxyFindTheName() throws DialException {
    HandshakeBytes bytes = start("socks5h://proxy");
    bytes.feed(hex("05 00"), 2);
    assertThat(bytes.sent().get(0)).isEqualTo(hex("05 01 00"));
    assertThat(bytes.sent().get(1)).isEqualTo(hex("05 01 00 03 0b 6578616d706c652e6f7267 0016"));
  }

  @Test
  void givesAnAddressAsOne() throws DialException {
    OutboundProxy proxy = proxy("socks5h://proxy");
    HandshakeBytes four =
        new HandshakeBytes(Socks5Connect.byName(proxy, new Destination("192.0.2.1", 22)));
    four.feed(hex("05 00"), 2);
    assertThat(four.sent().get(1)).isEqualTo(hex("05 01 00 01 c0000201 0016"));
    InetAddress address = InetAddress.ofLiteral("2001:db8::1");
    HandshakeBytes six = new HandshakeBytes(Socks5Connect.byAddress(proxy, TO, address));
    six.feed(hex("05 00"), 2);
    assertThat(six.sent().get(1))
        .isEqualTo(hex("05 01 00 04 20010db8000000000000000000000001 0016"));
  }

  @Test
  void provesItselfOnlyIfAsked() throws DialException {
    HandshakeBytes bytes = start("socks5h://user:pw@proxy");
    assertThat(bytes.sent().getFirst()).isEqualTo(hex("05 02 00 02"));
    bytes.feed(hex("05 02"), 2);
    assertThat(bytes.sent().get(1)).isEqualTo(hex("01 04 75736572 02 7077"));
    bytes.feed(hex("01 00" + OPEN_REPLY), 100);
    assertThat(bytes.isOpen()).isTrue();

    HandshakeBytes unasked = start("socks5h://user:pw@proxy");
    unasked.feed(hex("05 00" + OPEN_REPLY), 100);
    assertThat(unasked.isOpen()).isTrue();
    assertThat(unasked.sent()).hasSize(2);
  }

  @Test
  void wantsAUserAndTellsIfTheOneItHadWasNotAccepted() {
    for (String method : new String[] {"05 ff", "05 02"}) {
      assertThat(failure("socks5h://proxy", method))
          .isInstanceOf(DialFailure.ProxyNeedsAuthentication.class);
    }
    assertThat(failure("socks5h://user:pw@proxy", "05 ff"))
        .isInstanceOf(DialFailure.ProxyRejectedAuthentication.class);
    assertThat(failure("socks5h://user:pw@proxy", "05 02 01 01"))
        .isInstanceOf(DialFailure.ProxyRejectedAuthentication.class);
  }

  @Test
  void aNoIsKnownFromItsCodeOn() {
    for (int code = 1; code < 256; code++) {
      DialFailure failure = failure("socks5h://proxy", "05 00 05 %02x".formatted(code));
      assertThat(failure)
          .isInstanceOfSatisfying(
              DialFailure.ProxyRefused.class,
              refused ->
                  assertThat(refused.text())
                      .startsWith("socks5h://proxy:1080 did not connect to example.org:22: "));
    }
    assertThat(failure("socks5h://proxy", "05 00 05 05").text())
        .isEqualTo(
            "socks5h://proxy:1080 did not connect to example.org:22: the host refused the"
                + " connection.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "48",
        "04",
        "05 01",
        "05 80",
        "05 00 04",
        "05 00 05 00 00 02",
        "05 00 05 00 00 00"
      })
  void whatIsNoSocks5IsToldAtItsFirstWrongByte(String answer) {
    assertThat(failure("socks5h://proxy", answer)).isInstanceOf(DialFailure.ProxyGarbled.class);
  }

  private static DialFailure failure(String url, String answer) {
    try {
      start(url).feed(hex(answer), 1);
    } catch (DialException e) {
      return e.failure();
    }
    throw new AssertionError("the answer was accepted: " + answer);
  }

  private static HandshakeBytes start(String url) throws DialException {
    return new HandshakeBytes(Socks5Connect.byName(proxy(url), TO));
  }

  private static OutboundProxy proxy(String url) throws DialException {
    return OutboundProxy.parse("ALL_PROXY", url);
  }

  private static byte[] hex(String text) {
    return HexFormat.of().parseHex(text.replaceAll("[ |]", ""));
  }
}

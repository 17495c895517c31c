package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.holdfast.link.OutboundProxy.Credentials;
import dev.holdfast.link.OutboundProxy.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OutboundProxyTest {
  @ParameterizedTest
  @CsvSource({
    "proxy, http://proxy:1080",
    "proxy:3128, http://proxy:3128",
    "http://proxy:3128/, http://proxy:3128",
    "http://proxy:3128/path?query#fragment, http://proxy:3128",
    "HTTP://Proxy:3128, http://proxy:3128",
    "http://[2001:db8::1]:3128, http://[2001:db8::1]:3128",
    "http://[2001:db8::1], http://[2001:db8::1]:1080",
    "'  http://proxy:3128  ', http://proxy:3128",
    "socks5://192.0.2.1, socks5://192.0.2.1:1080",
    "socks5h://proxy:, socks5h://proxy:1080",
    "socks://proxy/, socks5h://proxy:1080",
  })
  void isReadAsCurlReadsIt(String url, String proxy) throws DialException {
    assertThat(parse(url)).hasToString(proxy);
    assertThat(parse(url).credentials()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "http://user:secret@proxy, user, secret",
    "http://user@proxy, user, ''",
    "http://:secret@proxy, '', secret",
    "http://user:a:b@proxy, user, a:b",
    "http://user:a@b@proxy, user, a@b",
    "http://us%65r:p%40ss%2Fw%25@proxy, user, p@ss/w%",
    "socks5://%C3%BC:%c3%bc@proxy, ü, ü",
    "ü:ü@proxy, ü, ü",
  })
  void carriesUserAndPassword(String url, String user, String password) throws DialException {
    assertThat(parse(url).at().host()).isEqualTo("proxy");
    assertThat(parse(url).credentials()).contains(new Credentials(user, password));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://secret@proxy",
        "socks4://secret@proxy",
        "socks4a://secret@proxy",
        "ftp://secret@proxy",
        "://secret@proxy",
        "http://secret@",
        "http://secret@proxy:0",
        "http://secret@proxy:65536",
        "http://secret@proxy:+1",
        "http://secret@proxy:1:2",
        "http://secret@2001:db8::1",
        "http://secret@[2001:db8::1",
        "http://secret%@proxy",
        "http://secret%4@proxy",
        "http://secret%4g@proxy",
        "http://secret%0d%0aX:y@proxy",
        "http://secret%7f@proxy",
        "http://secret%3a:b@proxy",
        "socks5://secret@proxy",
        "socks5://:secret@proxy",
        "http://secret@pro xy",
      })
  void whatCannotBeReadIsSaidWithoutRepeatingIt(String url) {
    assertThatExceptionOfType(DialException.class)
        .isThrownBy(() -> parse(url))
        .withMessageStartingWith("The proxy in ALL_PROXY cannot be used: ")
        .withMessageNotContaining("secret")
        .satisfies(e -> assertThat(e.failure()).isInstanceOf(DialFailure.BadProxy.class));
  }

  @Test
  void aSocksPasswordIsAtMost255BytesLong() throws DialException {
    assertThat(parse("socks5://u:" + "p".repeat(255) + "@proxy").kind()).isEqualTo(Kind.SOCKS5);
    assertThatExceptionOfType(DialException.class)
        .isThrownBy(() -> parse("socks5://u:" + "p".repeat(256) + "@proxy"));
    assertThatExceptionOfType(DialException.class)
        .isThrownBy(() -> parse("socks5://u:" + "ü".repeat(128) + "@proxy"));
  }

  @Test
  void neverPrintsCredentials() throws DialException {
    OutboundProxy proxy = parse("http://user:secret@proxy");
    assertThat(proxy + " " + proxy.credentials() + new DialFailure.ProxyClosed(proxy, proxy.at()))
        .doesNotContain("secret")
        .doesNotContain("user");
  }

  private static OutboundProxy parse(String url) throws DialException {
    return OutboundProxy.parse("ALL_PROXY", url);
  }
}

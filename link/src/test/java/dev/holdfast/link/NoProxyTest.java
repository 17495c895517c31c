package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoProxyTest {
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "*, example.org",
        "*, 192.0.2.1",
        "*:22, example.org",
        "example.org, example.org",
        "example.org, a.b.example.org",
        ".example.org, example.org",
        ".example.org, a.example.org",
        "*.example.org, a.example.org",
        "EXAMPLE.org., Example.ORG",
        "example.org:22, a.example.org",
        "\"a,b  example.org,,\", example.org",
        "192.0.2.1, 192.0.2.1",
        "192.0.2.1:22, 192.0.2.1",
        "192.0.2.0/24, 192.0.2.255",
        "192.0.2.128/25, 192.0.2.128",
        "0.0.0.0/0, 192.0.2.1",
        "192.0.2.1/32, 192.0.2.1",
        "2001:db8::1, 2001:db8:0::1",
        "[2001:db8::1], 2001:db8::1",
        "[2001:db8::1]:22, 2001:db8::1",
        "2001:db8::/32, 2001:db8:ffff::1",
        "2001:db8:8000::/33, 2001:db8:ffff::1",
        "::/0, 2001:db8::1",
      })
  void covers(String list, String host) {
    assertThat(NoProxy.parse(list).covers(new Destination(host, 22))).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "\"\", example.org",
        "\",, ,\", example.org",
        "example.org, badexample.org",
        "example.org, example.org.evil.test",
        "example.org, org",
        "., example.org",
        "*., example.org",
        "*:23, example.org",
        "example.org:23, example.org",
        "example.org:, example.org",
        "example.org:x, example.org",
        "192.0.2.1, 192.0.2.2",
        "192.0.2.1:23, 192.0.2.1",
        "192.0.2.128/25, 192.0.2.127",
        "192.0.2.0/33, 192.0.2.1",
        "192.0.2.0/-1, 192.0.2.1",
        "192.0.2.0/, 192.0.2.1",
        "192.0.2.0/2x, 192.0.2.1",
        "0.0.0.0/0, 2001:db8::1",
        "0.0.0.0/0, example.org",
        "2001:db8:8000::/33, 2001:db8:7fff::1",
        "[2001:db8::1]:23, 2001:db8::1",
        "example.org/8, example.org",
        "2.1, 192.0.2.1",
      })
  void doesNotCover(String list, String host) {
    assertThat(NoProxy.parse(list).covers(new Destination(host, 22))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "127.0.0.1",
        "127.8.8.8",
        "127.1",
        "::1",
        "0.0.0.0",
        "::",
        "fe80::1%1"
      })
  void whatIsOnThisMachineOrItsOwnLinkIsNeverProxied(String host) {
    assertThat(NoProxy.parse("").covers(new Destination(host, 22))).isTrue();
  }

  @Test
  void aNameThatOnlyContainsLocalhostIsProxied() {
    assertThat(NoProxy.parse("").covers(new Destination("localhost.example.org", 22))).isFalse();
    assertThat(NoProxy.parse("").covers(new Destination("notlocalhost", 22))).isFalse();
  }
}

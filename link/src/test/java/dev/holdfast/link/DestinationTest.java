package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationTest {
  @ParameterizedTest
  @CsvSource({
    "Example.ORG, example.org:22",
    "example.org., example.org:22",
    "my_host-1, my_host-1:22",
    "bücher\u3002example\u3002, xn--bcher-kva.example:22",
    "bücher.example, xn--bcher-kva.example:22",
    "192.0.2.1, 192.0.2.1:22",
    "2001:db8::1, [2001:db8::1]:22",
    "[2001:db8::1], [2001:db8::1]:22",
    "fe80::1%1, [fe80::1%1]:22",
  })
  void isWrittenInOneWay(String host, String authority) {
    assertThat(new Destination(host, 22)).hasToString(authority);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "a..",
        "a..b",
        ".a",
        "bücher\u3002\u3002",
        "a b",
        "a\r\nHost: b",
        "a\u0000b",
        "user@host",
        "host/path",
        "::1::",
        "host:22",
        "[host]x:",
        "fe80::1%1\r\nX: y",
        "\u2028",
      })
  void holdsNothingThatCouldBreakOutOfALine(String host) {
    assertThatIllegalArgumentException().isThrownBy(() -> new Destination(host, 22));
  }

  @Test
  void aNameIsAtMost255Long() {
    assertThat(new Destination("a".repeat(255), 22).host()).hasSize(255);
    assertThatIllegalArgumentException().isThrownBy(() -> new Destination("a".repeat(256), 22));
  }

  @Test
  void aPortIs1To65535() {
    assertThat(new Destination("a", 65535).port()).isEqualTo(65535);
    assertThatIllegalArgumentException().isThrownBy(() -> new Destination("a", 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Destination("a", 65536));
  }

  @Test
  void aNameThatBeginsWithADigitIsNoLiteral() {
    assertThat(new Destination("1e100.example", 22).literal()).isEmpty();
    assertThat(new Destination("192.0.2.1", 22).literal()).isPresent();
    assertThat(new Destination("face", 22).literal()).isEmpty();
  }

  @Test
  void knowsAZone() {
    assertThat(new Destination("fe80::1%1", 22).hasZone()).isTrue();
    assertThat(new Destination("fe80::1", 22).hasZone()).isFalse();
    assertThat(new Destination("192.0.2.1", 22).hasZone()).isFalse();
  }
}

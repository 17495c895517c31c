package dev.holdfast.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class FarAddressTest {
  private static String parsed(String text) {
    return FarAddress.parse(text).map(FarAddress::toString).orElse("none");
  }

  @Test
  void aPortAloneIsTheServersOwn() {
    assertThat(parsed("8888")).isEqualTo("localhost:8888");
  }

  @Test
  void hostsAddressesAndPathsAreRead() {
    assertThat(parsed("db:5432")).isEqualTo("db:5432");
    assertThat(parsed("[::1]:80")).isEqualTo("[::1]:80");
    assertThat(parsed("/run/app.sock")).isEqualTo("/run/app.sock");
  }

  @Test
  void whatIsNoneIsNone() {
    for (String text :
        new String[] {"", ":", "a:", ":0", "0", "65536", "::1:80", "a:b", "123456"}) {
      assertThat(parsed(text)).as(text).isEqualTo("none");
    }
    assertThat(parsed("/" + "x".repeat(FarAddress.Socket.MOST_PATH))).isEqualTo("none");
    assertThat(parsed("x".repeat(FarAddress.Port.MOST_HOST + 1) + ":1")).isEqualTo("none");
  }

  @Test
  void addressesThatCannotBeAreTheProgrammersError() {
    assertThatThrownBy(() -> new FarAddress.Port("a", 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new FarAddress.Socket(""))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

package dev.holdfast.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class PastedAddressTest {
  private static String of(String pasted) {
    Set<String> names = PastedAddress.ownNames("ann@build.example:2222", "Node7");
    return PastedAddress.parse(pasted, names).map(Object::toString).orElse("none");
  }

  @Test
  void keepsPathAndToken() {
    assertThat(of(" http://localhost:8888/lab?token=ab%2Fc#x "))
        .isEqualTo("http://localhost:8888/lab?token=ab%2Fc#x");
    assertThat(of("http://127.0.0.1:8888/?token=1")).isEqualTo("http://127.0.0.1:8888/?token=1");
    assertThat(of("https://[::1]:8443")).isEqualTo("https://[::1]:8443/");
  }

  @Test
  void takesTheServersOwnNamesForLocalhost() {
    for (String name : new String[] {"0.0.0.0", "[::]", "build.example", "build", "NODE7"}) {
      assertThat(of("http://" + name + ":8888/?token=1"))
          .as(name)
          .isEqualTo("http://localhost:8888/?token=1");
    }
    assertThat(of("http://other.example:8888/")).isEqualTo("http://other.example:8888/");
  }

  @Test
  void takesAPortForAnAddress() {
    assertThat(of("8888")).isEqualTo("http://localhost:8888/");
    assertThat(of(":8888/x")).isEqualTo("http://localhost:8888/x");
    assertThat(of("localhost:3000")).isEqualTo("http://localhost:3000/");
  }

  @Test
  void refusesWhatIsNoAddressOfAPage() {
    for (String odd :
        new String[] {
          "",
          "javascript:alert(1)",
          "file:///etc/passwd",
          "http://",
          "a b",
          "http://x:99999/",
          "http://localhost:0/",
          "http://a\r\nb/",
          "99999",
          "x".repeat(PastedAddress.MOST + 1)
        }) {
      assertThat(of(odd)).as(odd).isEqualTo("none");
    }
  }
}

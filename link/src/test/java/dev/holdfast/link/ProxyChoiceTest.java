package dev.holdfast.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProxyChoiceTest {
  private static final Destination HOST = new Destination("example.org", 22);

  @Test
  void theFirstVariableThatIsSetCounts() throws DialException {
    List<String> order =
        List.of("all_proxy", "ALL_PROXY", "https_proxy", "HTTPS_PROXY", "http_proxy");
    Map<String, String> environment = new LinkedHashMap<>();
    for (String variable : order.reversed()) {
      environment.put(variable, "http://" + variable.replace("_", "") + ":1");
      assertThat(ProxyChoice.from(environment).choose(HOST))
          .hasValueSatisfying(proxy -> assertThat(proxy.variable()).isEqualTo(variable));
    }
  }

  @Test
  void withoutAVariableNothingIsProxied() throws DialException {
    assertThat(ProxyChoice.from(Map.of()).choose(HOST)).isEmpty();
    assertThat(ProxyChoice.from(Map.of("ALL_PROXY", " ", "http_proxy", "")).choose(HOST)).isEmpty();
  }

  @Test
  void aStrangersHeaderChoosesNoProxy() throws DialException {
    assertThat(ProxyChoice.from(Map.of("HTTP_PROXY", "http://evil:1")).choose(HOST)).isEmpty();
  }

  @Test
  void exceptionsAreReadFromEitherSpellingLowerCaseFirst() throws DialException {
    Map<String, String> environment = new LinkedHashMap<>(Map.of("ALL_PROXY", "http://proxy:1"));
    environment.put("NO_PROXY", "example.org");
    assertThat(ProxyChoice.from(environment).choose(HOST)).isEmpty();
    environment.put("no_proxy", "example.net");
    assertThat(ProxyChoice.from(environment).choose(HOST)).isPresent();
  }

  @Test
  void aBrokenVariableStandsOnlyInTheWayOfWhatNeedsIt() throws DialException {
    ProxyChoice choice =
        ProxyChoice.from(Map.of("ALL_PROXY", "socks4://proxy", "NO_PROXY", "example.org"));
    assertThat(choice.choose(HOST)).isEmpty();
    assertThatExceptionOfType(DialException.class)
        .isThrownBy(() -> choice.choose(new Destination("example.net", 22)))
        .withMessage(
            "The proxy in ALL_PROXY cannot be used: only http, socks5 and socks5h proxies are"
                + " spoken to.");
  }
}

package dev.holdfast.link;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which proxy, if any, a connection goes through, by the environment.
 *
 * <p>The first of these that is set and not empty counts, as curl has it for a protocol that has no
 * variable of its own, and with the two that people have set when a site lets nothing else out:
 *
 * <ol>
 *   <li>{@code all_proxy}, {@code ALL_PROXY}
 *   <li>{@code https_proxy}, {@code HTTPS_PROXY}: such a proxy lets CONNECT through
 *   <li>{@code http_proxy}, in lower case only: a CGI server sets {@code HTTP_PROXY} from a
 *       stranger's header (CVE-2016-5385)
 * </ol>
 *
 * <p>{@code no_proxy}, else {@code NO_PROXY}, lists the exceptions: see {@link NoProxy}. What the
 * variable says is read when it is needed: a broken one stands in the way of no connection that
 * goes without it. Immutable.
 */
final class ProxyChoice {
  private static final List<String> PROXIES =
      List.of("all_proxy", "ALL_PROXY", "https_proxy", "HTTPS_PROXY", "http_proxy");
  private static final List<String> EXCEPTIONS = List.of("no_proxy", "NO_PROXY");

  private final Optional<Setting> proxy;
  private final NoProxy exceptions;

  private ProxyChoice(Optional<Setting> proxy, NoProxy exceptions) {
    this.proxy = proxy;
    this.exceptions = exceptions;
  }

  static ProxyChoice from(Map<String, String> environment) {
    Optional<Setting> exceptions = firstSet(environment, EXCEPTIONS);
    return new ProxyChoice(
        firstSet(environment, PROXIES), NoProxy.parse(exceptions.map(Setting::value).orElse("")));
  }

  /** The proxy for this destination; empty to go there directly. */
  Optional<OutboundProxy> choose(Destination to) throws DialException {
    if (proxy.isEmpty() || exceptions.covers(to)) {
      return Optional.empty();
    }
    return Optional.of(OutboundProxy.parse(proxy.get().variable(), proxy.get().value()));
  }

  private record Setting(String variable, String value) {}

  private static Optional<Setting> firstSet(
      Map<String, String> environment, List<String> variables) {
    return variables.stream()
        .map(name -> new Setting(name, environment.getOrDefault(name, "")))
        .filter(setting -> !setting.value.isBlank())
        .findFirst();
  }
}

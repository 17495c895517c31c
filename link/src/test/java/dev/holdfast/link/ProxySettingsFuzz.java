package dev.holdfast.link;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Fuzz target: what a user may write into the environment and on the command line. The input is
 * four lines: the proxy's URL, the list of exceptions, the host, and the rest.
 */
public final class ProxySettingsFuzz {
  private ProxySettingsFuzz() {}

  /**
   * Fails if anything but the specified errors comes of it, or if a proxy is read otherwise from
   * its own text.
   */
  public static void fuzzerTestOneInput(byte[] lines) throws DialException {
    String[] line = new String(lines, StandardCharsets.UTF_8).split("\n", 4);
    Map<String, String> environment =
        Map.of("ALL_PROXY", line[0], "NO_PROXY", line.length > 1 ? line[1] : "");
    Destination to = destination(line.length > 2 ? line[2] : "host.test");
    Optional<OutboundProxy> chosen;
    try {
      chosen = ProxyChoice.from(environment).choose(to);
    } catch (DialException e) {
      check(e.failure() instanceof DialFailure.BadProxy, e.failure());
      return;
    }
    if (chosen.isPresent()) {
      OutboundProxy again = OutboundProxy.parse("ALL_PROXY", chosen.get().toString());
      check(again.at().equals(chosen.get().at()) && again.kind() == chosen.get().kind(), again);
      checkRequest(new HandshakeBytes(new HttpConnect(chosen.get(), to)), chosen.get());
    }
  }

  /** The request has the lines it should have, and no others. */
  private static void checkRequest(HandshakeBytes bytes, OutboundProxy proxy) {
    String request = bytes.sentText(0);
    int lines = request.split("\r\n", -1).length;
    check(lines == (proxy.credentials().isPresent() ? 5 : 4), request);
    check(request.chars().allMatch(c -> c == '\r' || c == '\n' || (c >= ' ' && c < 127)), request);
  }

  private static Destination destination(String host) {
    try {
      Destination to = new Destination(host, 22);
      check(new Destination(to.host(), 22).equals(to), to);
      return to;
    } catch (IllegalArgumentException _) {
      return new Destination("host.test", 22);
    }
  }

  private static void check(boolean holds, Object found) {
    if (!holds) {
      throw new AssertionError("found " + found);
    }
  }
}

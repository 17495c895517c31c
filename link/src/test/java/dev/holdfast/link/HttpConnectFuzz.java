package dev.holdfast.link;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Fuzz target: a proxy's answer to CONNECT. */
public final class HttpConnectFuzz {
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[0-9] [12][0-9][0-9]");

  private HttpConnectFuzz() {}

  /** Fails if the answer's reading depends on its portions, or opens what it should not. */
  public static void fuzzerTestOneInput(byte[] answer) throws DialException {
    OutboundProxy proxy = OutboundProxy.parse("ALL_PROXY", "http://user:secret@proxy");
    Destination to = new Destination("host.test", 22);
    HandshakeOutcome bySingleBytes = HandshakeOutcome.of(new HttpConnect(proxy, to), answer, 1);
    HandshakeOutcome atOnce =
        HandshakeOutcome.of(new HttpConnect(proxy, to), answer, answer.length + 1);
    if (!bySingleBytes.equals(atOnce)) {
      throw new AssertionError(bySingleBytes + " but in larger portions " + atOnce);
    }
    if (bySingleBytes.isOpen()) {
      checkOpening(Arrays.copyOf(answer, bySingleBytes.taken()));
    }
  }

  private static void checkOpening(byte[] answer) {
    String text = new String(answer, StandardCharsets.ISO_8859_1);
    if (answer.length > HttpConnect.MAX_HEADER_BYTES || !isOpening(List.of(text.split("\n", -1)))) {
      throw new AssertionError("opened by " + text);
    }
  }

  /**
   * The parser's rules in another way: interim answers, then a good one, and nothing after its
   * empty line.
   */
  private static boolean isOpening(List<String> lines) {
    int empty = 0;
    while (empty < lines.size() && !lines.get(empty).replace("\r", "").isEmpty()) {
      empty++;
    }
    String status = lines.getFirst();
    if (empty == lines.size() || !STATUS.matcher(status).lookingAt()) {
      return false;
    }
    List<String> rest = lines.subList(empty + 1, lines.size());
    return status.charAt(9) == '2' ? rest.equals(List.of("")) : isOpening(rest);
  }
}

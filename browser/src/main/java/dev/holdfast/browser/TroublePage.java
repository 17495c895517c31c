package dev.holdfast.browser;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The page that stands in for an app that can't be reached: it says why, and comes again by itself
 * until the app is there.
 */
final class TroublePage {
  private static final String TEMPLATE = Resource.text("trouble.html");
  private static final SecureRandom RANDOM = new SecureRandom();

  private TroublePage() {}

  /** For what was wrong with an address of the server. */
  static PageAnswer.Whole of(String login, String address, OpenFailure failure) {
    String title =
        switch (failure.why()) {
          case NOTHING_LISTENS -> "Nothing runs at " + address;
          case FORBIDDEN -> "The server forbids it";
          case AWAY -> "The server is away";
        };
    boolean mayCome = failure.why() != OpenFailure.Why.FORBIDDEN;
    return page(502, login, title, String.valueOf(failure.getMessage()), mayCome);
  }

  /** For an address that the window leads nowhere. */
  static PageAnswer.Whole closed(String login, String host) {
    return page(
        403,
        login,
        "This window only reaches " + login,
        host
            + " is not one of its addresses. Open it in your own browser, or start this window"
            + " with --allow-internet.",
        false);
  }

  private static PageAnswer.Whole page(
      int status, String login, String title, String sentence, boolean comesAgain) {
    byte[] random = new byte[16];
    RANDOM.nextBytes(random);
    String nonce = HexFormat.of().formatHex(random);
    String html =
        TEMPLATE
            .replace("{nonce}", nonce)
            .replace("{again}", comesAgain ? "yes" : "no")
            .replace("{login}", escaped(login))
            .replace("{title}", escaped(title))
            .replace("{sentence}", escaped(sentence));
    String policy =
        "default-src 'none'; style-src 'nonce-%s'; script-src 'nonce-%s'; connect-src 'self'; base-uri 'none'; form-action 'none'"
            .formatted(nonce, nonce);
    return new PageAnswer.Whole(
        status, "text/html; charset=utf-8", policy, html.getBytes(StandardCharsets.UTF_8));
  }

  /** Text as HTML has it. */
  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("{", "&#123;");
  }
}

package dev.holdfast.browser;

import java.util.List;

/** Fuzz target: whatever an app answers, and the title and icon of it. */
public final class HttpAnswerFuzz {
  private static final Candidate APP =
      new Candidate(
          "localhost:80",
          "localhost",
          80,
          List.of("127.0.0.1"),
          false,
          Candidate.Owner.OWN,
          1,
          1,
          ServerProgram.UNKNOWN);

  private HttpAnswerFuzz() {}

  /** Fails if a title is too long or has control characters, or a path could break a request. */
  public static void fuzzerTestOneInput(byte[] answer) {
    HttpAnswer.parse(answer, answer.length).ifPresent(HttpAnswerFuzz::check);
  }

  private static void check(HttpAnswer answer) {
    HtmlPage page = HtmlPage.parse(answer.text());
    boolean isPlain = page.title().codePoints().noneMatch(Character::isISOControl);
    if (!isPlain || page.title().codePointCount(0, page.title().length()) > HtmlPage.MOST_TITLE) {
      throw new AssertionError(page.title());
    }
    for (String reference : List.of(page.icon(), answer.head().field("location"))) {
      Probe.local(reference, APP, "/a/b")
          .filter(path -> !path.startsWith("/") || path.chars().anyMatch(c -> c <= ' ' || c > 0x7e))
          .ifPresent(path -> {
            throw new AssertionError(path);
          });
    }
  }
}

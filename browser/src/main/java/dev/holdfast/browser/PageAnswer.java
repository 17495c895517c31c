package dev.holdfast.browser;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What a local page's server answers. */
sealed interface PageAnswer {
  /** No script and style but ours, nothing of another origin, in no frame. */
  String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /** For bytes of a stranger: they may be shown, and do nothing. */
  String STRANGERS = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

  /**
   * All of it at once.
   *
   * @param type of the body, as in Content-Type
   * @param policy Content-Security-Policy
   */
  record Whole(int status, String type, String policy, byte[] body) implements PageAnswer {}

  /** Go there instead. */
  record Elsewhere(String location) implements PageAnswer {}

  /** The same state again and again, whenever it has changed. */
  record Live(Changing state) implements PageAnswer {}

  /** A state that can be watched. */
  interface Changing {
    /** As JSON. */
    String now();

    /** Runs the task at each change until what is returned is run. */
    Runnable watch(Runnable changed);
  }

  static PageAnswer text(int status, String text) {
    return new Whole(
        status,
        "text/plain; charset=utf-8",
        POLICY,
        (text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  static PageAnswer json(String text) {
    return new Whole(200, "application/json", POLICY, text.getBytes(StandardCharsets.UTF_8));
  }

  static PageAnswer done() {
    return new Whole(204, "text/plain", POLICY, new byte[0]);
  }

  static PageAnswer notFound() {
    return text(404, "There is no such page here.");
  }

  /** The words that go with a status (RFC 9110 15); nobody reads others. */
  Map<Integer, String> REASONS =
      Map.of(
          200,
          "OK",
          302,
          "Found",
          204,
          "No Content",
          400,
          "Bad Request",
          403,
          "Forbidden",
          404,
          "Not Found",
          405,
          "Method Not Allowed",
          421,
          "Misdirected Request",
          502,
          "Bad Gateway");
}

package dev.holdfast.browser;

import java.io.IOException;
import java.io.OutputStream;
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

  /**
   * As much of it as there is, as it comes.
   *
   * @param name of the file that the browser keeps; empty if it shows it
   */
  record Poured(String type, String name, Pouring pouring) implements PageAnswer {}

  /** Writes a body. What it fails with before it wrote anything is told instead. */
  @FunctionalInterface
  interface Pouring {
    void pour(OutputStream out) throws IOException;
  }

  /** Lines as they come (HTML, section 9.2). */
  record Told(Telling telling) implements PageAnswer {}

  /** Tells lines until there will be none; what it fails with is told, too. */
  @FunctionalInterface
  interface Telling {
    void tell(Clusters.Listener listener) throws IOException, InterruptedException;
  }

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

  /** Of JSON, in which no markup could be seen by whoever takes it for a page. */
  static PageAnswer json(String text) {
    byte[] body = text.replace("<", "\\u003c").getBytes(StandardCharsets.UTF_8);
    return new Whole(200, "application/json", POLICY, body);
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

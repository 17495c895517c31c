package dev.holdfast.forward;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/**
 * What a browser is shown in place of an app that can't be reached: a page that says why and loads
 * itself anew, if it asked for a page; nothing otherwise, since a program would take it for data.
 */
final class TroublePage {
  /** Bytes of a request of which we look at the beginning. */
  static final int MOST_REQUEST = 8 * 1024;

  private static final int RELOAD_SECONDS = 2;

  private TroublePage() {}

  /**
   * Whether the beginning of a connection is a browser's, which asks for a page (RFC 9110 12.5.1).
   */
  static boolean isWanted(byte[] request, int length) {
    String text = new String(request, 0, length, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (!text.startsWith("GET ") || end < 0) {
      return false;
    }
    return text.substring(0, end)
        .lines()
        .skip(1)
        .map(line -> line.toLowerCase(Locale.ROOT))
        .anyMatch(line -> line.startsWith("accept:") && line.contains("text/html"));
  }

  /** The answer, whole. */
  static byte[] of(String server, FarAddress app, Trouble trouble) {
    String title = escaped("%s on %s".formatted(app, server));
    String main =
        """
        <h1>%s can\u2019t be shown yet</h1>
        <p role="status">%s</p>
        <p>This page loads itself anew until it can. <a href="">Try now</a></p>
        """
            .formatted(title, escaped(trouble.words()));
    return answer(
        "503 Service Unavailable", "Refresh: " + RELOAD_SECONDS + "\n", page(title, main));
  }

  /**
   * The answer to a page of a stranger that asks under its own name, see {@link NameCheck}. The
   * stranger can read it, so it says nothing of what is forwarded.
   */
  static byte[] foreign(Optional<String> name) {
    String title = "Not for " + escaped(name.orElse("this name"));
    String main =
        """
        <h1>%s</h1>
        <p>What answers here is this machine, for its own user, and the page asked under another name. If that
        was you, use <code>localhost</code> and the same port, or add the name to <code>hosts</code> in
        <code>forward.yaml</code>.</p>
        """
            .formatted(title);
    return answer("403 Forbidden", "", page(title, main));
  }

  private static String page(String title, String main) {
    return """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>%s</title>
    <style>
    :root { color-scheme: light dark; }
    body { font: 1rem/1.5 system-ui, sans-serif; margin: 15vh auto 0; max-width: 40rem; padding: 0 1rem; }
    h1 { font-size: 1.25rem; }
    </style>
    </head>
    <body>
    <main>
    %s</main>
    </body>
    </html>
    """
        .formatted(title, main);
  }

  private static byte[] answer(String status, String more, String page) {
    byte[] body = page.getBytes(StandardCharsets.UTF_8);
    String head =
        """
        HTTP/1.1 %s
        Content-Type: text/html; charset=utf-8
        Content-Length: %d
        Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'
        Cache-Control: no-store
        %sConnection: close

        """
            .formatted(status, body.length, more)
            .replace("\n", "\r\n");
    byte[] start = head.getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[start.length + body.length];
    System.arraycopy(start, 0, all, 0, start.length);
    System.arraycopy(body, 0, all, start.length, body.length);
    return all;
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}

package dev.holdfast.browser;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Asks a listener whether it is a web app, and for the title of its page: with one GET, after it
 * had the time to speak first, which other protocols do. Thread-safe.
 */
final class Probe {
  /** How long a server that speaks first is waited for. */
  static final Duration BANNER = Duration.ofMillis(150);

  /** How long an answer is waited for. */
  static final Duration ANSWER = Duration.ofMillis(1500);

  /** Pages that are asked for until one is no redirect: a login page often is behind two. */
  static final int MOST_PAGES = 3;

  /** Connections that are open and silent while it is seen whether an app answers beside them. */
  static final int IDLE = 4;

  /** How long such an answer is waited for: an app that serves one after the other gives none. */
  static final Duration BESIDE = Duration.ofMillis(1200);

  /** TLS' record of an alert (RFC 8446 5.1), the answer to what is none. */
  private static final byte TLS_ALERT = 0x15;

  private final FarSide far;

  Probe(FarSide far) {
    this.far = far;
  }

  Probed of(Candidate candidate) throws InterruptedException {
    if (!candidate.mayBeProbed()) {
      return new Probed.NotAsked();
    }
    Probed probed = new Probed.Silent();
    for (String host : candidate.dials()) {
      String path = "/";
      for (int page = 0; page < MOST_PAGES; page++) {
        Asked asked = ask(host, candidate, path, page == 0 ? BANNER : Duration.ZERO);
        probed = asked.web().isEmpty() && page > 0 ? probed : asked.probed();
        if (asked.next().isEmpty()) {
          break;
        }
        path = asked.next().get();
      }
      if (!(probed instanceof Probed.Silent)) {
        return probed;
      }
    }
    return probed;
  }

  /**
   * Sees whether an app answers while other connections to it are open and silent, as those of a
   * browser are, and of a pool; tells so if it does.
   */
  void beside(Candidate candidate) throws InterruptedException {
    String host = candidate.dials().getFirst();
    List<Duplex> idle = new ArrayList<>();
    try {
      for (int i = 0; i < IDLE; i++) {
        idle.add(far.open(host, candidate.port()));
      }
      try (Duplex channel = far.open(host, candidate.port())) {
        FirstBytes came = FirstBytes.of(channel, HttpAnswer.MOST_BYTES);
        channel.write(ByteBuffer.wrap(request(candidate.id(), "/")));
        if (came.await(it -> it.length() > 0, BESIDE)) {
          far.servesBeside(candidate.host(), candidate.port(), IDLE);
        }
      }
    } catch (IOException e) {
      // Then it is not known to, and treated as one that does not.
    } finally {
      idle.forEach(Duplex::close);
    }
  }

  private record Asked(Probed probed, Optional<String> next) {
    static Asked of(Probed probed) {
      return new Asked(probed, Optional.empty());
    }

    Optional<Probed> web() {
      return probed instanceof Probed.Web ? Optional.of(probed) : Optional.empty();
    }
  }

  private Asked ask(String host, Candidate candidate, String path, Duration banner)
      throws InterruptedException {
    try (Duplex channel = far.open(host, candidate.port())) {
      FirstBytes came = FirstBytes.of(channel, HttpAnswer.MOST_BYTES);
      if (came.await(it -> it.length() > 0, banner)) {
        return Asked.of(new Probed.NotWeb());
      }
      channel.write(ByteBuffer.wrap(request(candidate.id(), path)));
      came.await(Probe::isEnough, ANSWER);
      return classify(came.bytes(), came.length(), candidate, path);
    } catch (IOException e) {
      return Asked.of(new Probed.Silent());
    }
  }

  static byte[] request(String authority, String path) {
    return """
    GET %s HTTP/1.1\r
    Host: %s\r
    User-Agent: holdfast\r
    Accept: text/html,*/*;q=0.5\r
    Accept-Encoding: identity\r
    Connection: close\r
    \r
    """
        .formatted(path, authority)
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Enough for a title: not the end of what may be a page that never ends. */
  private static boolean isEnough(FirstBytes came) {
    String text = new String(came.bytes(), StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
    return text.contains("</head")
        || text.contains("<body")
        || came.length() == HttpAnswer.MOST_BYTES;
  }

  private static Asked classify(byte[] bytes, int length, Candidate candidate, String path) {
    if (length == 0) {
      return Asked.of(new Probed.Silent());
    }
    if (bytes[0] == TLS_ALERT) {
      return Asked.of(new Probed.Web("https", 0, "", ""));
    }
    Optional<HttpAnswer> answer = HttpAnswer.parse(bytes, length);
    if (answer.isEmpty()) {
      return Asked.of(new Probed.NotWeb());
    }
    if (wantsTls(answer.get())) {
      return Asked.of(new Probed.Web("https", 0, "", ""));
    }
    HtmlPage page = HtmlPage.parse(answer.get().text());
    Probed web =
        new Probed.Web(
            "http",
            answer.get().status(),
            page.title(),
            local(page.icon(), candidate, path).orElse("/favicon.ico"));
    Optional<String> next =
        answer.get().isRedirect()
            ? local(answer.get().head().field("location"), candidate, path)
            : Optional.empty();
    return new Asked(web, next);
  }

  /** What nginx and Go's servers answer to a plain request on a port with TLS. */
  private static boolean wantsTls(HttpAnswer answer) {
    String text = answer.text();
    return answer.status() == 400
        && (text.contains("plain HTTP request was sent to HTTPS port")
            || text.contains("HTTP request to an HTTPS server")
            || text.contains("speaking plain HTTP to an SSL-enabled server port"));
  }

  /** Path and query of a reference of the page at {@code path}, if it stays with the app. */
  static Optional<String> local(String reference, Candidate candidate, String path) {
    if (reference.isEmpty()) {
      return Optional.empty();
    }
    try {
      URI base = new URI("http://" + candidate.id() + path);
      URI found = base.resolve(new URI(reference));
      String host = String.valueOf(found.getHost());
      boolean isSame =
          "http".equals(found.getScheme())
              && found.getPort() == candidate.port()
              && (host.equals(candidate.host()) || LoopbackName.is(host));
      String to =
          found.getRawPath() + (found.getRawQuery() == null ? "" : "?" + found.getRawQuery());
      return isSame && to.startsWith("/") && isPlain(to) ? Optional.of(to) : Optional.empty();
    } catch (URISyntaxException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isPlain(String path) {
    return path.length() <= 2000 && path.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }
}

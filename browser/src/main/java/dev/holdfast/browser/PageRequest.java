package dev.holdfast.browser;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a browser asks of a local page: one request, without a body (RFC 9112).
 *
 * @param method such as {@code GET}
 * @param path without the query, from "/" on
 * @param query its names and values
 */
record PageRequest(String method, String path, Map<String, String> query, HttpHead head) {
  private static final int MOST_QUERY = 20;

  PageRequest {
    query = Map.copyOf(query);
  }

  /** The bytes that came and, when they hold one, the request. */
  record Read(byte[] bytes, Optional<PageRequest> request) {}

  /** Reads until the request is whole, can't become one, or the browser ends. */
  static Read read(Duplex browser) throws IOException {
    byte[] bytes = new byte[HttpHead.MOST_BYTES];
    int length = 0;
    while (length < bytes.length && mayBecomeOne(bytes, length)) {
      int count = browser.read(ByteBuffer.wrap(bytes, length, bytes.length - length));
      if (count < 0) {
        break;
      }
      length += count;
      Optional<PageRequest> request = parse(bytes, length);
      if (request.isPresent()) {
        return new Read(Arrays.copyOf(bytes, length), request);
      }
    }
    return new Read(Arrays.copyOf(bytes, length), Optional.empty());
  }

  /** Methods are capital letters; TLS, for one, begins otherwise. */
  private static boolean mayBecomeOne(byte[] bytes, int length) {
    for (int i = 0; i < Math.min(length, 3); i++) {
      if (bytes[i] < 'A' || bytes[i] > 'Z') {
        return false;
      }
    }
    return true;
  }

  /** The request that the bytes hold, or nothing. */
  static Optional<PageRequest> parse(byte[] bytes, int length) {
    return HttpHead.parse(bytes, length).flatMap(PageRequest::of);
  }

  private static Optional<PageRequest> of(HttpHead head) {
    String[] words = head.firstLine().split(" ", -1);
    boolean isRequest =
        words.length == 3
            && words[0].matches("[A-Z]{3,10}")
            && words[1].startsWith("/")
            && words[2].startsWith("HTTP/1.");
    if (!isRequest) {
      return Optional.empty();
    }
    String[] target = words[1].split("\\?", 2);
    Map<String, String> query = target.length == 2 ? query(target[1]) : Map.of();
    return Optional.of(new PageRequest(words[0], target[0], query, head));
  }

  private static Map<String, String> query(String text) {
    Map<String, String> query = new HashMap<>();
    for (String pair : text.split("&", MOST_QUERY + 1)) {
      String[] words = pair.split("=", 2);
      if (words.length == 2 && query.size() < MOST_QUERY) {
        decoded(words[1]).ifPresent(value -> query.putIfAbsent(words[0], value));
      }
    }
    return query;
  }

  static Optional<String> decoded(String text) {
    try {
      return Optional.of(URLDecoder.decode(text, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The parameter's value, or nothing. */
  String parameter(String name) {
    return query.getOrDefault(name, "");
  }

  /** The host and port that the browser believes to talk to (RFC 9110 7.2). */
  String host() {
    return head.field("host").toLowerCase(Locale.ROOT);
  }

  /** Whether a person will look at the answer. */
  boolean wantsPage() {
    return method.equals("GET")
        && head.field("accept").contains("text/html")
        && !head.field("upgrade").toLowerCase(Locale.ROOT).contains("websocket");
  }

  /**
   * Whether a page of ours asks, or a person who typed the address: no page of another origin may
   * (Fetch Metadata; the Origin header, RFC 6454 7). Reading a whole page may come from a link.
   */
  boolean isOfOwnOrigin() {
    String origin = head.field("origin");
    String site = head.field("sec-fetch-site");
    boolean isVisit = method.equals("GET") && head.field("sec-fetch-mode").equals("navigate");
    boolean isSameSite = site.isEmpty() || site.equals("same-origin") || site.equals("none");
    boolean isSameOrigin = origin.isEmpty() || origin.equalsIgnoreCase("http://" + host());
    return isSameOrigin && (isSameSite || isVisit);
  }
}

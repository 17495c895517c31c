package dev.holdfast.browser;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Serves local pages over connections that somebody accepted: one request each. It answers only
 * what is asked of its own hosts, by pages of its own, so that no page from elsewhere reads or does
 * anything here, under whatever name it finds us (DNS rebinding). Thread-safe.
 */
final class PageServer {
  /** Watchers of live states at a time; a browser has six connections for each window. */
  static final int MOST_WATCHERS = 64;

  /** A word now and then shows that a browser is gone. */
  static final Duration SIGN_OF_LIFE = Duration.ofSeconds(15);

  private static final String EVENTS = "text/event-stream";

  /** Changes that come together are told together. */
  static final Duration TOGETHER = Duration.ofMillis(50);

  /** The answers to requests. */
  interface Pages {
    PageAnswer answer(PageRequest request) throws InterruptedException;
  }

  private final Supplier<Set<String>> hosts;
  private final Pages pages;
  private final Semaphore watchers = new Semaphore(MOST_WATCHERS);

  /**
   * A server.
   *
   * @param hosts the names, with ports other than 80, by which it may be called
   */
  PageServer(Supplier<Set<String>> hosts, Pages pages) {
    this.hosts = hosts;
    this.pages = pages;
  }

  /** Reads a request, answers it and closes the connection. */
  void serve(Duplex browser) {
    try (browser) {
      Optional<PageRequest> request = PageRequest.read(browser).request();
      send(
          browser,
          request.isEmpty() ? PageAnswer.text(400, "This is no request.") : answer(request.get()));
    } catch (IOException e) {
      // The browser has gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  PageAnswer answer(PageRequest request) throws InterruptedException {
    if (!hosts.get().contains(request.host())) {
      return PageAnswer.text(421, "This page is not served under that name.");
    }
    if (!request.isOfOwnOrigin()) {
      return PageAnswer.text(403, "Pages from elsewhere have no business here.");
    }
    return switch (request.method()) {
      case "GET" -> pages.answer(request);
      case "POST" ->
          request.head().field("origin").isEmpty()
              ? PageAnswer.text(403, "Only this page itself may change something.")
              : pages.answer(request);
      default -> PageAnswer.text(405, "Only GET and POST are served here.");
    };
  }

  private void send(Duplex browser, PageAnswer answer) throws IOException, InterruptedException {
    switch (answer) {
      case PageAnswer.Whole whole -> send(browser, whole);
      case PageAnswer.Elsewhere elsewhere ->
          write(
              browser,
              head(302, "text/plain", PageAnswer.POLICY)
                  + "Location: %s\r\nContent-Length: 0\r\n\r\n".formatted(elsewhere.location()));
      case PageAnswer.Poured poured -> pour(browser, poured);
      case PageAnswer.Live live -> watching(browser, () -> send(browser, live.state()));
      case PageAnswer.Told told ->
          watching(
              browser,
              () -> new ToldLines(browser, head(200, EVENTS, PageAnswer.POLICY)).tell(told));
    }
  }

  /** What goes on for long. */
  @FunctionalInterface
  private interface Watching {
    void watch() throws IOException, InterruptedException;
  }

  private void watching(Duplex browser, Watching watching)
      throws IOException, InterruptedException {
    if (!watchers.tryAcquire()) {
      send(browser, new PageAnswer.Whole(502, "text/plain", PageAnswer.POLICY, new byte[0]));
      return;
    }
    try {
      watching.watch();
    } finally {
      watchers.release();
    }
  }

  private static void pour(Duplex browser, PageAnswer.Poured poured) throws IOException {
    String kept =
        poured.name().isEmpty()
            ? ""
            : "Content-Disposition: attachment; filename=\"%s\"\r\n".formatted(poured.name());
    PouredBody body =
        new PouredBody(browser, head(200, poured.type(), PageAnswer.POLICY) + kept + "\r\n");
    try {
      poured.pouring().pour(body);
      body.close();
    } catch (IOException e) {
      if (body.hasBegun()) {
        throw e;
      }
      send(browser, (PageAnswer.Whole) PageAnswer.text(502, String.valueOf(e.getMessage())));
    }
  }

  static void send(Duplex browser, PageAnswer.Whole answer) throws IOException {
    String head =
        head(answer.status(), answer.type(), answer.policy())
            + "Content-Length: "
            + answer.body().length
            + "\r\n\r\n";
    byte[] bytes = head.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer all = ByteBuffer.allocate(bytes.length + answer.body().length);
    browser.write(all.put(bytes).put(answer.body()).flip());
    browser.shutdownOutput();
  }

  private static String head(int status, String type, String policy) {
    return """
    HTTP/1.1 %d %s\r
    Content-Type: %s\r
    Content-Security-Policy: %s\r
    X-Content-Type-Options: nosniff\r
    X-Frame-Options: DENY\r
    Referrer-Policy: no-referrer\r
    Cross-Origin-Resource-Policy: same-origin\r
    Cross-Origin-Opener-Policy: same-origin\r
    Cache-Control: no-store\r
    Connection: close\r
    """
        .formatted(status, PageAnswer.REASONS.getOrDefault(status, ""), type, policy);
  }

  /** Server-sent events, each the whole state (HTML, section 9.2). */
  private static void send(Duplex browser, PageAnswer.Changing state)
      throws IOException, InterruptedException {
    write(browser, head(200, EVENTS, PageAnswer.POLICY) + "\r\n");
    Semaphore changes = new Semaphore(1);
    Runnable unwatch = state.watch(changes::release);
    try {
      String told = "";
      while (!Thread.currentThread().isInterrupted()) {
        boolean hasChanged = changes.tryAcquire(SIGN_OF_LIFE.toMillis(), TimeUnit.MILLISECONDS);
        if (hasChanged && !told.isEmpty()) {
          Thread.sleep(TOGETHER);
          changes.drainPermits();
        }
        String now = state.now();
        write(browser, now.equals(told) ? ":\n\n" : "data: " + now + "\n\n");
        told = now;
      }
    } finally {
      unwatch.run();
    }
  }

  private static void write(Duplex browser, String text) throws IOException {
    browser.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
  }
}

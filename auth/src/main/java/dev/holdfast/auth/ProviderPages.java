package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.access.Json;
import dev.holdfast.access.MalformedJsonException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * What an identity provider answers over HTTP: one object of JSON, of bounded size, in bounded
 * time. Redirections are not followed. Thread-safe.
 */
final class ProviderPages implements AutoCloseable {
  /** Bytes of one answer. */
  static final int MOST_BYTES = 256 * 1024;

  /** For a connection to be there. */
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .version(HttpClient.Version.HTTP_1_1)
          .build();

  private final Duration patience;

  /**
   * Pages.
   *
   * @param patience for one answer, to its last byte
   */
  ProviderPages(Duration patience) {
    this.patience = patience;
  }

  /** An answer. */
  record Page(int status, Map<String, Json> members) {
    boolean isGood() {
      return status == 200;
    }
  }

  Page get(URI from) throws IOException {
    return page(HttpRequest.newBuilder(from).header("Accept", "application/json").build());
  }

  /** Sends a form (RFC 6749 appendix B). */
  Page post(URI to, Map<String, String> form, Map<String, String> headers) throws IOException {
    String body =
        form.entrySet().stream()
            .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
            .collect(Collectors.joining("&"));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(to)
            .header("Accept", "application/json")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    headers.forEach(request::header);
    return page(request.build());
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  private Page page(HttpRequest request) throws IOException {
    HttpResponse<byte[]> answer = answer(request);
    try {
      if (Json.parse(new String(answer.body(), UTF_8)) instanceof Json.Members(var members)) {
        return new Page(answer.statusCode(), members);
      }
    } catch (MalformedJsonException e) {
      // Said below.
    }
    throw new IOException(
        "%s answers with status %d, and not in JSON"
            .formatted(request.uri().getPath(), answer.statusCode()));
  }

  /** The whole answer: the client's own timeout ends with the headers. */
  private HttpResponse<byte[]> answer(HttpRequest request) throws IOException {
    CompletableFuture<HttpResponse<byte[]>> coming =
        http.sendAsync(
            request,
            HttpResponse.BodyHandlers.limiting(
                HttpResponse.BodyHandlers.ofByteArray(), MOST_BYTES));
    try {
      return coming.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      coming.cancel(true);
      throw new IOException(
          "%s does not answer within %d s"
              .formatted(request.uri().getPath(), patience.toSeconds()));
    } catch (InterruptedException e) {
      coming.cancel(true);
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the provider");
    } catch (ExecutionException e) {
      throw new IOException(
          "%s is not reached, or answers too much: %s"
              .formatted(request.uri().getPath(), e.getCause()),
          e);
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}

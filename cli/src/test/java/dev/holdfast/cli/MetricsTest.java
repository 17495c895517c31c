package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.link.GateFigures;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class MetricsTest {
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final GateFigures.Values VALUES =
      new GateFigures.Values(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13);

  private final AtomicBoolean ready = new AtomicBoolean(true);

  @Test
  void servesEveryFigureAndThoseOfTheProcess() throws IOException, InterruptedException {
    try (Metrics metrics = Metrics.start("holdfast_gate_", ANY, () -> VALUES, ready::get)) {
      HttpResponse<String> response = get(metrics, "/metrics");
      assertThat(response.headers().firstValue("Content-Type")).get().asString().contains("0.0.4");
      assertThat(response.body())
          .contains("# TYPE holdfast_gate_opened_total counter\nholdfast_gate_opened_total 3.0\n")
          .contains("holdfast_gate_streams 9.0\n", "holdfast_gate_memory_lent_bytes 12.0\n")
          .contains("jvm_memory_used_bytes{area=\"heap\"} ", "process_start_time_seconds ");
    }
  }

  @Test
  void isReadyUntilItDrains() throws IOException, InterruptedException {
    try (Metrics metrics = Metrics.start("holdfast_gate_", ANY, () -> VALUES, ready::get)) {
      assertThat(get(metrics, "/readyz").statusCode()).isEqualTo(200);
      ready.set(false);
      assertThat(get(metrics, "/readyz").statusCode()).isEqualTo(503);
      assertThat(get(metrics, "/healthz").statusCode()).isEqualTo(200);
      assertThat(get(metrics, "/metrics/x").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void anAddressInUseIsSaidInASentence() throws IOException {
    try (Metrics metrics = Metrics.start("holdfast_gate_", ANY, () -> VALUES, ready::get)) {
      assertThatThrownBy(() -> Metrics.start("x_", metrics.address(), () -> VALUES, ready::get))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("choose another address for --metrics");
    }
  }

  private static HttpResponse<String> get(Metrics metrics, String path)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + metrics.address().getPort() + path);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }
}

package dev.holdfast.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.link.GateEvent;
import dev.holdfast.link.GateFigures;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * A service's figures over HTTP: {@code /metrics} in Prometheus' text format, {@code /healthz}
 * while the process works, {@code /readyz} while it takes new clients.
 */
final class Metrics implements Closeable {
  private static final int BACKLOG = 16;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final String prefix;
  private final Supplier<GateFigures.Values> values;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private Metrics(String prefix, HttpServer server, Supplier<GateFigures.Values> values) {
    this.prefix = prefix;
    this.server = server;
    this.values = values;
  }

  /**
   * Serves at {@code address} from now on.
   *
   * @param prefix of the names of the service's figures
   */
  static Metrics start(
      String prefix,
      InetSocketAddress address,
      Supplier<GateFigures.Values> values,
      BooleanSupplier isReady)
      throws IOException {
    Metrics metrics = new Metrics(prefix, bind(address), values);
    metrics.registerGate();
    metrics.registerProcess();
    metrics.server.createContext(
        "/metrics", exchange -> answer(exchange, "/metrics", 200, metrics.text()));
    metrics.server.createContext("/healthz", exchange -> answer(exchange, "/healthz", 200, "ok\n"));
    metrics.server.createContext(
        "/readyz",
        exchange ->
            answer(
                exchange,
                "/readyz",
                isReady.getAsBoolean() ? 200 : 503,
                isReady.getAsBoolean() ? "ok\n" : "draining\n"));
    metrics.server.setExecutor(metrics.threads);
    metrics.server.start();
    return metrics;
  }

  private static HttpServer bind(InetSocketAddress address) throws IOException {
    try {
      return HttpServer.create(address, BACKLOG);
    } catch (IOException e) {
      BindException failed =
          new BindException(
              "Can't serve figures at %s: %s; choose another address for --metrics."
                  .formatted(GateEvent.name(address), e.getMessage()));
      failed.initCause(e);
      throw failed;
    }
  }

  /** Where this is served. */
  InetSocketAddress address() {
    return server.getAddress();
  }

  private void registerGate() {
    counter("accepted", "Connections accepted.", GateFigures.Values::accepted);
    counter("joined", "Clients without resumption joined.", GateFigures.Values::joined);
    counter("opened", "Streams opened.", GateFigures.Values::opened);
    counter("resumed", "Times a client came back to its stream.", GateFigures.Values::resumed);
    counter("passed", "Clients passed to the process of their stream.", GateFigures.Values::passed);
    counter("refused", "Clients turned away.", GateFigures.Values::refused);
    counter("evicted", "Streams ended for want of memory.", GateFigures.Values::evicted);
    counter("unreachable", "Failed connections to the server.", GateFigures.Values::unreachable);
    gauge("arriving", "Clients of which nothing is known yet.", GateFigures.Values::arriving);
    gauge("streams", "Streams kept.", GateFigures.Values::streams);
    gauge("detached_streams", "Streams without a link.", GateFigures.Values::detached);
    gauge("joined_clients", "Clients without resumption.", GateFigures.Values::splices);
    gauge("memory_lent_bytes", "Memory of bytes in flight.", GateFigures.Values::bytesLent);
  }

  private void counter(String name, String help, ToLongFunction<GateFigures.Values> figure) {
    count(name, help, () -> figure.applyAsLong(values.get()));
  }

  /** One more figure that only grows. */
  void count(String name, String help, LongSupplier figure) {
    CounterWithCallback.builder()
        .name(prefix + name + "_total")
        .help(help)
        .callback(callback -> callback.call((double) figure.getAsLong()))
        .register(registry);
  }

  /** One more figure that goes up and down. */
  void show(String name, String help, LongSupplier figure) {
    gaugeOf(prefix + name, help, () -> (double) figure.getAsLong());
  }

  private void gauge(String name, String help, ToLongFunction<GateFigures.Values> figure) {
    show(name, help, () -> figure.applyAsLong(values.get()));
  }

  private void registerProcess() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    GaugeWithCallback.builder()
        .name("jvm_memory_used_bytes")
        .help("Memory that Java uses itself, without bytes in flight.")
        .labelNames("area")
        .callback(callback -> {
          callback.call((double) memory.getHeapMemoryUsage().getUsed(), "heap");
          callback.call((double) memory.getNonHeapMemoryUsage().getUsed(), "nonheap");
        })
        .register(registry);
    double start = ManagementFactory.getRuntimeMXBean().getStartTime() / 1000.0;
    gaugeOf("process_start_time_seconds", "When the process started, Unix time.", () -> start);
  }

  private void gaugeOf(String name, String help, DoubleSupplier value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .callback(callback -> callback.call(value.getAsDouble()))
        .register(registry);
  }

  private String text() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(text, registry.scrape());
    return text.toString(StandardCharsets.UTF_8);
  }

  private static void answer(HttpExchange exchange, String path, int status, String text)
      throws IOException {
    try (exchange) {
      boolean isThere = exchange.getRequestURI().getPath().equals(path);
      boolean isGet = exchange.getRequestMethod().equals("GET");
      byte[] body = (isThere && isGet ? text : "").getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
      exchange.sendResponseHeaders(
          !isThere ? 404 : !isGet ? 405 : status, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}

package dev.holdfast.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.holdfast.auth.Health;
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
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A service's figures over HTTP: {@code /metrics} in Prometheus' text format, {@code /healthz}
 * while the process works, {@code /readyz} while it takes new clients.
 */
final class Metrics implements Closeable {
  private static final int BACKLOG = 16;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private Figures main = new Figures("holdfast_");

  private Metrics(HttpServer server) {
    this.server = server;
  }

  /** Whether a service takes new clients, and what is said of it; the best first. */
  enum Readiness {
    OK,
    RECOVERING,
    STARTING,
    DEGRADED,
    DRAINING;

    /** Whether new clients are served as they should be. */
    boolean isReady() {
      return this == OK || this == RECOVERING;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** That of a member of a cluster. */
    static Readiness of(Health health) {
      return switch (health) {
        case STARTING -> STARTING;
        case OK -> OK;
        case DEGRADED -> DEGRADED;
        case RECOVERING -> RECOVERING;
      };
    }

    /** The worse one. */
    Readiness and(Readiness other) {
      return compareTo(other) >= 0 ? this : other;
    }
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
    Metrics metrics =
        start(address, () -> isReady.getAsBoolean() ? Readiness.OK : Readiness.DRAINING);
    metrics.main = metrics.of(prefix);
    metrics.main.gate(values);
    return metrics;
  }

  /** The same of a process whose services are told of by {@link #of}. */
  static Metrics start(InetSocketAddress address, Supplier<Readiness> readiness)
      throws IOException {
    Metrics metrics = new Metrics(bind(address));
    metrics.registerProcess();
    metrics.server.createContext(
        "/metrics", exchange -> answer(exchange, "/metrics", 200, metrics.text()));
    metrics.server.createContext("/healthz", exchange -> answer(exchange, "/healthz", 200, "ok\n"));
    metrics.server.createContext(
        "/readyz",
        exchange -> {
          Readiness now = readiness.get();
          answer(exchange, "/readyz", now.isReady() ? 200 : 503, now.word() + "\n");
        });
    metrics.server.setExecutor(metrics.threads);
    metrics.server.start();
    return metrics;
  }

  /** The figures of one service, whose names begin with {@code prefix}. */
  Figures of(String prefix) {
    return new Figures(prefix);
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

  /** One more figure that only grows. */
  void count(String name, String help, LongSupplier figure) {
    main.count(name, help, figure);
  }

  /** One more figure that goes up and down. */
  void show(String name, String help, LongSupplier figure) {
    main.show(name, help, figure);
  }

  /** The figures of one service. */
  final class Figures {
    private final String prefix;

    private Figures(String prefix) {
      this.prefix = prefix;
    }

    /** One more that only grows. */
    void count(String name, String help, LongSupplier figure) {
      CounterWithCallback.builder()
          .name(prefix + name + "_total")
          .help(help)
          .callback(callback -> callback.call((double) figure.getAsLong()))
          .register(registry);
    }

    /** One more that goes up and down. */
    void show(String name, String help, LongSupplier figure) {
      gaugeOf(prefix + name, help, () -> (double) figure.getAsLong());
    }

    /** All of a gate's. */
    void gate(Supplier<GateFigures.Values> values) {
      count("accepted", "Connections accepted.", () -> values.get().accepted());
      count("joined", "Clients without resumption joined.", () -> values.get().joined());
      count("opened", "Streams opened.", () -> values.get().opened());
      count("resumed", "Times a client came back to its stream.", () -> values.get().resumed());
      count(
          "passed", "Clients passed to the process of their stream.", () -> values.get().passed());
      count("refused", "Clients turned away.", () -> values.get().refused());
      count("evicted", "Streams ended for want of memory.", () -> values.get().evicted());
      count("unreachable", "Failed connections to the server.", () -> values.get().unreachable());
      show("arriving", "Clients of which nothing is known yet.", () -> values.get().arriving());
      show("streams", "Streams kept.", () -> values.get().streams());
      show("detached_streams", "Streams without a link.", () -> values.get().detached());
      show("joined_clients", "Clients without resumption.", () -> values.get().splices());
      show("memory_lent_bytes", "Memory of bytes in flight.", () -> values.get().bytesLent());
    }
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

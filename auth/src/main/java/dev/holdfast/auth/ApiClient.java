package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.access.Json;
import dev.holdfast.access.Records;
import dev.holdfast.access.WrongShapeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A conversation with the API from the caller's end. Thread-safe. */
public final class ApiClient implements AutoCloseable {
  /** How long an answer may take. */
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Calls that wait for an answer. */
  static final int MOST_WAITING = 1_000;

  private static final Logger log = LoggerFactory.getLogger(ApiClient.class);

  private final InputStream in;
  private final OutputStream out;
  private final AutoCloseable end;
  private final BiConsumer<String, Json> listener;
  private final Map<Long, CompletableFuture<Json>> waiting = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong();
  private final Duration patience;
  private volatile boolean over;

  private ApiClient(
      InputStream in,
      OutputStream out,
      AutoCloseable end,
      BiConsumer<String, Json> listener,
      Duration patience) {
    this.patience = patience;
    this.in = in;
    this.out = out;
    this.end = end;
    this.listener = listener;
  }

  /**
   * A conversation over these streams.
   *
   * @param end ends them
   * @param listener is told of notifications, on the thread that reads; it may not wait
   */
  public static ApiClient over(
      InputStream in, OutputStream out, AutoCloseable end, BiConsumer<String, Json> listener) {
    return over(in, out, end, listener, PATIENCE);
  }

  /** The same where an answer may take no longer than {@code patience}. */
  static ApiClient over(
      InputStream in,
      OutputStream out,
      AutoCloseable end,
      BiConsumer<String, Json> listener,
      Duration patience) {
    ApiClient client = new ApiClient(in, out, end, listener, patience);
    Thread.ofVirtual().name("holdfast-api-answers").start(client::read);
    return client;
  }

  /** A conversation with the service of this machine, for who has its rights. */
  public static ApiClient at(Path socket, BiConsumer<String, Json> listener) throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    return over(
        Channels.newInputStream(channel), Channels.newOutputStream(channel), channel, listener);
  }

  /**
   * Calls, and waits for the answer.
   *
   * @throws ApiFailure if the service says so, with its sentence
   */
  public <T> T call(ApiMethod method, Record params, Class<T> type) throws IOException {
    return read(call(method.method(), Records.write(params)), type);
  }

  /** The same where the answer is a list; what another version has put there is left out. */
  public <T> List<T> list(ApiMethod method, Record params, Class<T> type) throws IOException {
    List<T> list = new ArrayList<>();
    if (!(call(method.method(), Records.write(params)) instanceof Json.Items(List<Json> items))) {
      throw new MisunderstoodException("it is no list");
    }
    for (Json item : items) {
      try {
        list.add(read(item, type));
      } catch (MisunderstoodException e) {
        log.debug("one of {} is left out: {}", method.method(), e.getMessage());
      }
    }
    return list;
  }

  private static <T> T read(Json json, Class<T> type) throws IOException {
    try {
      return type == Json.class ? type.cast(json) : Records.readOfPeer(json, type);
    } catch (WrongShapeException e) {
      throw new MisunderstoodException(e.sentence());
    }
  }

  /** Calls by name, with whatever parameters. */
  public Json call(String method, Json params) throws IOException {
    long id = ids.incrementAndGet();
    CompletableFuture<Json> answer = new CompletableFuture<>();
    if (waiting.size() >= MOST_WAITING) {
      throw new IOException("Too many calls wait for an answer of the auth service.");
    }
    waiting.put(id, answer);
    try {
      send(
          Json.members(
              "jsonrpc",
              Json.of("2.0"),
              "id",
              Json.of(id),
              "method",
              Json.of(method),
              "params",
              params));
      if (over) {
        throw gone();
      }
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failure ? failure : gone();
    } catch (TimeoutException e) {
      // Whatever is between has gone: the next call is to find another way.
      close();
      throw new IOException("The auth service does not answer; try again soon.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the auth service", e);
    } finally {
      waiting.remove(id);
    }
  }

  private void send(Json message) throws IOException {
    byte[] line = (message.line() + "\n").getBytes(UTF_8);
    synchronized (out) {
      out.write(line);
      out.flush();
    }
  }

  private void read() {
    LineReader lines = new LineReader(in);
    try {
      while (lines.next() instanceof LineReader.Read.Line(String text)) {
        take(Json.parse(text));
      }
    } catch (IOException e) {
      // Told to those who wait.
    } finally {
      over = true;
      waiting.values().forEach(one -> one.completeExceptionally(gone()));
    }
  }

  private void take(Json message) {
    if (!(message instanceof Json.Members(Map<String, Json> members))) {
      return;
    }
    if (members.get("method") instanceof Json.Text(String method)) {
      listener.accept(method, members.getOrDefault("params", Json.members()));
      return;
    }
    if (!(members.get("id") instanceof Json.Numeral(BigDecimal id))) {
      return;
    }
    CompletableFuture<Json> answer = waiting.get(id.longValue());
    if (answer == null) {
      return;
    }
    Json result = members.get("result");
    if (result != null) {
      answer.complete(result);
    } else {
      answer.completeExceptionally(failure(members.getOrDefault("error", new Json.Null())));
    }
  }

  private static ApiFailure failure(Json error) {
    if (error instanceof Json.Members(Map<String, Json> members)
        && members.get("message") instanceof Json.Text(String sentence)
        && members.get("code") instanceof Json.Numeral(BigDecimal code)) {
      return new ApiFailure(ApiFailure.Code.of(code.intValue()), sentence);
    }
    return new ApiFailure(ApiFailure.Code.INTERNAL, "The service failed and does not say why.");
  }

  private static IOException gone() {
    return new IOException("The connection to the auth service has ended.");
  }

  /**
   * Whether a call failed so because the other end went before it answered: another service, or the
   * next process of the same, will.
   */
  boolean wasLeft(IOException failure) {
    return over
        && !(failure instanceof ApiFailure)
        && !(failure.getCause() instanceof TimeoutException);
  }

  /** Whether the other end has gone. */
  public boolean isOver() {
    return over;
  }

  @Override
  public void close() {
    over = true;
    try {
      end.close();
    } catch (Exception e) {
      // It is gone either way.
    }
  }
}

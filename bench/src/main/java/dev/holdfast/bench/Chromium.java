package dev.holdfast.bench;

import dev.holdfast.access.Json;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A Chromium without a screen, which says how long documents take (Chrome DevTools Protocol).
 * Confined to one thread.
 */
final class Chromium implements AutoCloseable {
  private static final String PROGRAM = "chromium";

  private static final Duration ANSWER_MAX = Duration.ofSeconds(60);
  private static final long LOOK_NANOS = 20_000_000;
  private static final int ANSWERS_MAX = 1_000;

  /** Milliseconds from the wish for a document until its last byte (Navigation Timing). */
  private static final String TOOK =
      """
      new Promise((yes) => {
        const look = () => {
          const [it] = performance.getEntriesByType('navigation');
          if (it.responseEnd > 0) yes(it.responseEnd); else setTimeout(look, 1);
        };
        look();
      })\
      """;

  private final Scratch scratch;
  private final Child process;
  private final HttpClient http = HttpClient.newHttpClient();
  private final WebSocket socket;
  private final BlockingQueue<String> messages = new ArrayBlockingQueue<>(ANSWERS_MAX);
  private long asked;

  private Chromium(Scratch scratch, Child process) throws IOException {
    this.scratch = scratch;
    this.process = process;
    List<String> place = place();
    URI uri = URI.create("ws://127.0.0.1:" + place.get(0) + place.get(1));
    try {
      socket = http.newWebSocketBuilder().buildAsync(uri, new Messages()).join();
    } catch (CompletionException e) {
      throw new IOException("Chromium can't be asked", e);
    }
  }

  static boolean isInstalled() {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
        .anyMatch(it -> Files.isExecutable(java.nio.file.Path.of(it, PROGRAM)));
  }

  /** Starts one with a profile of its own. */
  static Chromium start() throws IOException {
    Scratch scratch = Scratch.make();
    Child process =
        Child.start(
            List.of(
                PROGRAM,
                "--headless=new",
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--no-first-run",
                "--remote-debugging-port=0",
                "--user-data-dir=" + scratch.directory(),
                "about:blank"));
    try {
      return new Chromium(scratch, process);
    } catch (IOException e) {
      process.close();
      throw e;
    }
  }

  /** The port and the path that it wrote down. */
  private List<String> place() throws IOException {
    java.nio.file.Path file = scratch.directory().resolve("DevToolsActivePort");
    long end = System.nanoTime() + ANSWER_MAX.toNanos();
    while (process.isAlive() && System.nanoTime() - end < 0) {
      if (Files.exists(file)) {
        List<String> lines = Files.readAllLines(file);
        if (lines.size() == 2) {
          return lines;
        }
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    throw new IOException("Chromium does not start" + process.complaint());
  }

  /** How long a document took in a browser context that has nothing: no cache, no connection. */
  double documentMillis(String url) throws IOException {
    Json context = send("Target.createBrowserContext", null);
    Json id = member(context, "browserContextId");
    Json target =
        send("Target.createTarget", null, "url", Json.of("about:blank"), "browserContextId", id);
    Json attached =
        send(
            "Target.attachToTarget",
            null,
            "targetId",
            member(target, "targetId"),
            "flatten",
            Json.of(true));
    Json session = member(attached, "sessionId");
    Json shown = send("Page.navigate", session, "url", Json.of(url));
    if (member(shown, "errorText") instanceof Json.Text(String why)) {
      throw new IOException("Chromium can't show " + url + ": " + why);
    }
    Json took =
        send(
            "Runtime.evaluate",
            session,
            "expression",
            Json.of(TOOK),
            "awaitPromise",
            Json.of(true),
            "returnByValue",
            Json.of(true));
    send("Target.disposeBrowserContext", null, "browserContextId", id);
    if (member(member(took, "result"), "value") instanceof Json.Numeral(var millis)) {
      return millis.doubleValue();
    }
    throw new IOException("Chromium does not say how long " + url + " took");
  }

  /** Asks, and returns the result of the answer. */
  private Json send(String method, @Nullable Json session, Object... params) throws IOException {
    Json id = Json.of(++asked);
    Json body = Json.members(params);
    Json.Members request =
        session == null
            ? Json.members("id", id, "method", Json.of(method), "params", body)
            : Json.members(
                "id", id, "method", Json.of(method), "params", body, "sessionId", session);
    socket.sendText(request.line(), true).join();
    while (true) {
      Json answer = Json.parse(next(method));
      if (member(answer, "id").equals(id)) {
        if (member(answer, "error") instanceof Json.Members error) {
          throw new IOException(method + ": " + error.line());
        }
        return member(answer, "result");
      }
    }
  }

  private String next(String method) throws IOException {
    try {
      String message = messages.poll(ANSWER_MAX.toMillis(), TimeUnit.MILLISECONDS);
      if (message == null) {
        throw new IOException("Chromium does not answer " + method);
      }
      return message;
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  private static Json member(Json json, String name) {
    return json instanceof Json.Members(Map<String, Json> members)
        ? members.getOrDefault(name, new Json.Null())
        : new Json.Null();
  }

  private final class Messages implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      message.append(part);
      if (last) {
        messages.add(message.toString());
        message.setLength(0);
      }
      from.request(1);
      return CompletableFuture.completedStage(null);
    }
  }

  @Override
  public void close() throws IOException {
    socket.abort();
    http.close();
    process.close();
    scratch.delete();
  }
}

package dev.holdfast.e2e;

import dev.holdfast.access.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A Chromium without a screen that shows one page, and says what a script finds in it (Chrome
 * DevTools Protocol). Confined to one thread.
 */
final class Chromium implements AutoCloseable {
  /** The option by which it can be asked. */
  static final String DEBUGGED = "--remote-debugging-port=0";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Of keys that are no characters, as Windows numbers them. */
  private static final Map<String, Integer> CODES = Map.of("Enter", 13, "Tab", 9, "Escape", 27);

  private static final int SHIFT = 8;

  private final Program program;
  private final HttpClient http = HttpClient.newHttpClient();
  private final WebSocket socket;
  private final AtomicLong ids = new AtomicLong();
  private final Map<Long, CompletableFuture<Json>> waiting = new ConcurrentHashMap<>();

  Chromium() {
    this(Scratch.directory("chromium"));
  }

  private Chromium(Path profile) {
    this(
        Command.of("chromium", "--user-data-dir=" + profile, DEBUGGED, "about:blank")
            .plus(Window.HEADLESS.toArray(String[]::new))
            .start(),
        profile);
  }

  /**
   * One that runs already, and was given {@link #DEBUGGED}.
   *
   * @param program what ends it
   * @param profile its directory
   */
  Chromium(Program program, Path profile) {
    this.program = program;
    Path file = profile.resolve("DevToolsActivePort");
    Await.until(
        () -> "the port of " + program.errors(),
        PATIENCE,
        () -> Files.exists(file) && Files.readString(file).contains("\n"));
    try {
      String port = Files.readString(file).lines().findFirst().orElseThrow();
      socket =
          http.newWebSocketBuilder()
              .buildAsync(page(port), new Answers())
              .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      program.close();
      throw new AssertionError("Chromium does not answer", e);
    }
  }

  /** Chromium names no other page than the one that it began with. */
  private URI page(String port) throws IOException, InterruptedException {
    URI list = URI.create("http://127.0.0.1:" + port + "/json/list");
    while (true) {
      String answer =
          http.send(HttpRequest.newBuilder(list).build(), HttpResponse.BodyHandlers.ofString())
              .body();
      if (Json.parse(answer) instanceof Json.Items(var targets)) {
        for (Json each : targets) {
          if (text(each, "type").equals("page")) {
            return URI.create(text(each, "webSocketDebuggerUrl"));
          }
        }
      }
      Thread.onSpinWait();
    }
  }

  static Json member(Json json, String name) {
    return json instanceof Json.Members(Map<String, Json> members)
        ? members.getOrDefault(name, new Json.Null())
        : new Json.Null();
  }

  static String text(Json json, String name) {
    return member(json, name) instanceof Json.Text(String text) ? text : "";
  }

  private final class Answers implements WebSocket.Listener {
    private final StringBuilder message = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      message.append(part);
      if (last) {
        take(message.toString());
        message.setLength(0);
      }
      from.request(1);
      return CompletableFuture.completedStage(null);
    }
  }

  private void take(String message) {
    try {
      Json answer = Json.parse(message);
      if (member(answer, "id") instanceof Json.Numeral(var id)) {
        CompletableFuture<Json> one = waiting.remove(id.longValue());
        if (one != null) {
          one.complete(answer);
        }
      }
    } catch (IOException e) {
      throw new AssertionError(message, e);
    }
  }

  Json send(String method, Json params) {
    long id = ids.incrementAndGet();
    CompletableFuture<Json> answer = new CompletableFuture<>();
    waiting.put(id, answer);
    String request =
        Json.members("id", Json.of(id), "method", Json.of(method), "params", params).line();
    try {
      socket.sendText(request, true).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(method + " is not answered", e);
    }
  }

  /** Shows a page; it need not be whole yet. */
  void show(String url) {
    send("Page.navigate", Json.members("url", Json.of(url)));
  }

  /** What an expression of JavaScript is, or what it promises, as text. */
  String evaluate(String script) {
    Json answer =
        send(
            "Runtime.evaluate",
            Json.members(
                "expression",
                Json.of("(async () => String(await (" + script + ")))()"),
                "awaitPromise",
                Json.of(true),
                "returnByValue",
                Json.of(true)));
    return text(member(member(answer, "result"), "result"), "value");
  }

  /** Waits until an expression is true. */
  void await(String script) {
    Await.until(
        () -> script + " in:\n" + evaluate("document.body.innerText"),
        PATIENCE,
        () -> evaluate(script).equals("true"));
  }

  /** Waits until the page has these words. */
  void awaitText(String words) {
    await("document.body.innerText.includes(" + Json.of(words).line() + ")");
  }

  /** Clicks on what a selector of CSS finds first, once it is there. */
  void click(String selector) {
    String found = "document.querySelector(" + Json.of(selector).line() + ")";
    await(found + " !== null");
    evaluate(found + ".click()");
  }

  /** Presses a key as a person does; what has the focus gets it. */
  void press(String key) {
    press(key, 0);
  }

  /** Presses it while Shift is held. */
  void pressWithShift(String key) {
    press(key, SHIFT);
  }

  private void press(String key, int modifiers) {
    String text = key.equals("Enter") ? "\r" : key.length() == 1 ? key : "";
    for (String type : List.of("keyDown", "keyUp")) {
      send(
          "Input.dispatchKeyEvent",
          Json.members(
              "type",
              Json.of(type),
              "key",
              Json.of(key),
              "text",
              Json.of(text),
              "modifiers",
              Json.of(modifiers),
              "windowsVirtualKeyCode",
              Json.of(CODES.getOrDefault(key, 0))));
    }
  }

  @Override
  public void close() {
    socket.abort();
    http.close();
    program.close();
  }
}

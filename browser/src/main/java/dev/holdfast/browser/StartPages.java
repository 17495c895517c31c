package dev.holdfast.browser;

import dev.holdfast.access.Json;
import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * The start page of a server: its apps, live, with a person's favourites, and their icons.
 * Thread-safe.
 */
final class StartPages implements PageServer.Pages {
  /** How long an icon is waited for. */
  static final Duration ICON = Duration.ofSeconds(5);

  /** Icons that may run nothing: a stranger's bytes are shown as these or not at all. */
  private static final Set<String> ICON_TYPES =
      Set.of(
          "image/png",
          "image/x-icon",
          "image/vnd.microsoft.icon",
          "image/jpeg",
          "image/gif",
          "image/webp",
          "image/svg+xml");

  private static final Map<String, String> FILES =
      Map.of(
          "/",
          "start.html",
          "/start.js",
          "start.js",
          "/page.css",
          "page.css",
          "/icon.svg",
          "icon.svg");

  private final FarSide far;
  private final AppWatch apps;
  private final AppMemory memory;
  private final Way way;
  private final List<Runnable> watchers = new CopyOnWriteArrayList<>();

  /** How the server's addresses are reached from where the page is shown. */
  interface Way {
    /** Whether that is the server's own window. */
    boolean isWindow();

    /** The address here for one of the server's. */
    URI lead(URI there) throws IOException;
  }

  StartPages(FarSide far, AppWatch apps, AppMemory memory, Way way) {
    this.far = far;
    this.apps = apps;
    this.memory = memory;
    this.way = way;
  }

  @Override
  public PageAnswer answer(PageRequest request) throws InterruptedException {
    String file = FILES.get(request.path());
    if (request.method().equals("GET") && file != null) {
      return Resource.page(file);
    }
    String id = request.parameter("id");
    return switch (request.method() + " " + request.path()) {
      case "GET /state" -> PageAnswer.json(state.now());
      case "GET /live" -> new PageAnswer.Live(state);
      case "GET /app-icon" -> icon(id);
      case "GET /go" -> go(request.parameter("url"));
      case "POST /favourite" -> favour(id, request.parameter("on").equals("1"));
      case "POST /look" -> {
        apps.wake();
        yield PageAnswer.done();
      }
      default -> PageAnswer.notFound();
    };
  }

  private final PageAnswer.Changing state =
      new PageAnswer.Changing() {
        @Override
        public String now() {
          return Json.from(all()).line();
        }

        @Override
        public Runnable watch(Runnable changed) {
          Runnable unwatch = apps.watch(changed);
          Runnable unwatchFar = far.watch(changed);
          watchers.add(changed);
          return () -> {
            unwatch.run();
            unwatchFar.run();
            watchers.remove(changed);
          };
        }
      };

  private Map<String, Object> all() {
    AppWatch.Known known = apps.known();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("login", far.login());
    all.put("window", way.isWindow());
    all.put("way", far.standing().phase());
    all.put("roundTrip", far.standing().roundTripMillis());
    all.put("phase", known.phase().name().toLowerCase(Locale.ROOT));
    all.put("system", known.system());
    all.put("trouble", known.trouble().orElse(""));
    all.put("apps", known.apps().stream().map(this::shown).toList());
    return all;
  }

  private Map<String, Object> shown(App app) {
    Candidate candidate = app.candidate();
    AppMemory.Entry entry = memory.of(candidate.id());
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("id", candidate.id());
    shown.put("url", way.isWindow() ? app.url() : "go?url=" + encoded(app.url()));
    shown.put("title", app.title());
    shown.put("host", candidate.host());
    shown.put("port", candidate.port());
    shown.put("program", candidate.program().label());
    shown.put("directory", candidate.program().directory());
    shown.put("owner", candidate.owner().name().toLowerCase(Locale.ROOT));
    shown.put("kind", kind(app.probed()));
    shown.put(
        "status",
        app.probed().map(it -> it instanceof Probed.Web web ? web.status() : 0).orElse(0));
    shown.put("favourite", entry.isFavourite());
    shown.put("used", entry.lastUsed());
    return shown;
  }

  private static String kind(Optional<Probed> probed) {
    return probed
        .map(it ->
            switch (it) {
              case Probed.Web _ -> "web";
              case Probed.NotWeb _ -> "other";
              case Probed.Silent _ -> "silent";
              case Probed.NotAsked _ -> "unasked";
            })
        .orElse("asking");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Something of the server was opened. */
  void used(String host, int port) {
    apps.known().apps().stream()
        .map(App::candidate)
        .filter(it -> it.port() == port && (it.host().equals(host) || it.dials().contains(host)))
        .findFirst()
        .ifPresent(it -> used(it.id()));
  }

  private void used(String id) {
    try {
      if (memory.use(id)) {
        watchers.forEach(Runnable::run);
      }
    } catch (IOException e) {
      // The app opens all the same; only the order on the page is not what it should be.
    }
  }

  private PageAnswer go(String pasted) {
    Set<String> names = PastedAddress.ownNames(far.login(), apps.known().serverName());
    Optional<URI> there = PastedAddress.parse(pasted, names);
    if (there.isEmpty()) {
      return PageAnswer.text(
          400, "This is no address of a page, such as http://localhost:8888/ or 8888.");
    }
    try {
      URI here = way.lead(there.get());
      if (!way.isWindow()) {
        used(there.get().getHost(), there.get().getPort());
      }
      return new PageAnswer.Elsewhere(here.toASCIIString());
    } catch (IOException e) {
      return PageAnswer.text(502, String.valueOf(e.getMessage()));
    }
  }

  private PageAnswer favour(String id, boolean isFavourite) {
    if (find(id).isEmpty()) {
      return PageAnswer.notFound();
    }
    try {
      memory.favour(id, isFavourite);
    } catch (IOException e) {
      return PageAnswer.text(502, "It can't be remembered: " + e.getMessage());
    }
    watchers.forEach(Runnable::run);
    return PageAnswer.done();
  }

  private Optional<App> find(String id) {
    List<App> all = apps.known().apps();
    return all.stream().filter(it -> it.candidate().id().equals(id)).findFirst();
  }

  private PageAnswer icon(String id) throws InterruptedException {
    Optional<App> app = find(id);
    Function<Probed, Optional<Probed.Web>> web =
        it ->
            it instanceof Probed.Web page && page.scheme().equals("http")
                ? Optional.of(page)
                : Optional.empty();
    Optional<Probed.Web> page = app.flatMap(App::probed).flatMap(web);
    if (app.isEmpty() || page.isEmpty()) {
      return PageAnswer.notFound();
    }
    return icon(app.get().candidate(), page.get().icon());
  }

  private PageAnswer icon(Candidate candidate, String path) throws InterruptedException {
    try (Duplex channel = far.open(candidate.dials().getFirst(), candidate.port())) {
      FirstBytes came = FirstBytes.of(channel, HttpAnswer.MOST_BYTES);
      channel.write(ByteBuffer.wrap(Probe.request(candidate.id(), path)));
      came.await(_ -> false, ICON);
      Optional<HttpAnswer> answer = HttpAnswer.parse(came.bytes(), came.length());
      String type =
          answer
              .map(it -> it.head().field("content-type").replaceFirst(";.*", "").strip())
              .orElse("");
      return answer.isPresent()
              && came.length() < HttpAnswer.MOST_BYTES
              && answer.get().status() == 200
              && ICON_TYPES.contains(type)
          ? new PageAnswer.Whole(200, type, PageAnswer.STRANGERS, answer.get().body())
          : PageAnswer.notFound();
    } catch (IOException e) {
      return PageAnswer.notFound();
    }
  }
}

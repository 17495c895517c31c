package dev.holdfast.browser;

import dev.holdfast.access.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The local pages for a person's own browser: the forwards and servers, and below {@code
 * /server/NAME/} the apps of each, which open at ports of this machine. Thread-safe.
 */
final class LocalPages implements PageServer.Pages {
  /** Servers whose apps are watched at a time. */
  static final int MOST_SERVERS = 64;

  /** How often it is looked whether a forward has changed, while somebody watches. */
  static final Duration PERIOD = Duration.ofSeconds(2);

  private static final String SERVER = "/server/";
  private static final String NAME = "[A-Za-z0-9_][A-Za-z0-9._@:%+-]{0,254}";
  private static final Map<String, String> FILES =
      Map.of(
          "/",
          "home.html",
          "/home.js",
          "home.js",
          "/page.css",
          "page.css",
          "/icon.svg",
          "icon.svg");

  private final ClusterPages clusters;
  private final Function<String, FarSide> servers;
  private final Forwards forwards;
  private final List<String> known;
  private final Map<String, String> environment;
  private final Path home;
  private final Map<String, StartPages> pages = new ConcurrentHashMap<>();

  /**
   * Pages.
   *
   * @param known names of servers, as ssh's configuration has them
   */
  LocalPages(
      Function<String, FarSide> servers,
      Forwards forwards,
      ClusterPages clusters,
      List<String> known,
      Map<String, String> environment,
      Path home) {
    this.servers = servers;
    this.forwards = forwards;
    this.clusters = clusters;
    this.known = List.copyOf(known);
    this.environment = Map.copyOf(environment);
    this.home = home;
  }

  @Override
  public PageAnswer answer(PageRequest request) throws InterruptedException {
    if (request.path().startsWith(SERVER)) {
      return ofServer(request);
    }
    if (clusters.has(request.path())) {
      return clusters.answer(request);
    }
    String file = FILES.get(request.path());
    if (request.method().equals("GET") && file != null) {
      return Resource.page(file);
    }
    return switch (request.method() + " " + request.path()) {
      case "GET /state" -> PageAnswer.json(state.now());
      case "GET /live" -> new PageAnswer.Live(state);
      case "POST /remove" -> remove(ListenerLines.number(request.parameter("id")));
      default -> PageAnswer.notFound();
    };
  }

  private PageAnswer remove(long id) {
    try {
      forwards.remove(id);
      return PageAnswer.done();
    } catch (IOException e) {
      return PageAnswer.text(502, String.valueOf(e.getMessage()));
    }
  }

  private final PageAnswer.Changing state =
      new PageAnswer.Changing() {
        @Override
        public String now() {
          return Json.from(all()).line();
        }

        @Override
        public Runnable watch(Runnable changed) {
          Thread ticks =
              Thread.ofVirtual()
                  .name("forwards")
                  .start(() -> {
                    try {
                      while (true) {
                        Thread.sleep(PERIOD);
                        changed.run();
                      }
                    } catch (InterruptedException e) {
                      // Nobody watches any more.
                    }
                  });
          return ticks::interrupt;
        }
      };

  private Map<String, Object> all() {
    Map<String, Object> all = new LinkedHashMap<>();
    List<Map<String, Object>> list = new ArrayList<>();
    String trouble = "";
    try {
      list.addAll(forwards.list());
    } catch (IOException e) {
      trouble = String.valueOf(e.getMessage());
    }
    all.put("forwards", list);
    all.put("trouble", trouble);
    all.put("servers", known);
    return all;
  }

  private PageAnswer ofServer(PageRequest request) throws InterruptedException {
    String rest = request.path().substring(SERVER.length());
    int slash = rest.indexOf('/');
    String name = PageRequest.decoded(slash < 0 ? rest : rest.substring(0, slash)).orElse("");
    if (slash < 0 || !name.matches(NAME)) {
      return PageAnswer.notFound();
    }
    try {
      StartPages found = pages.get(name);
      StartPages start = found == null ? open(name) : found;
      return start.answer(
          new PageRequest(
              request.method(), rest.substring(slash), request.query(), request.head()));
    } catch (IOException e) {
      return PageAnswer.text(502, String.valueOf(e.getMessage()));
    }
  }

  private synchronized StartPages open(String name) throws IOException {
    StartPages already = pages.get(name);
    if (already != null) {
      return already;
    }
    if (pages.size() >= MOST_SERVERS) {
      throw new IOException("There are " + MOST_SERVERS + " servers open already; start anew.");
    }
    FarSide far = far(name);
    LoginPlace place = LoginPlace.of(far.login(), environment, home);
    AppMemory memory = AppMemory.of(place.apps(), Clock.systemUTC());
    StartPages start = new StartPages(far, new AppWatch(far), memory, new Ports(name, forwards));
    pages.put(name, start);
    return start;
  }

  private FarSide far(String name) throws IOException {
    try {
      return servers.apply(name);
    } catch (UncheckedIOException e) {
      throw new IOException(
          String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()), e);
    }
  }

  /** Apps at ports of this machine. */
  private record Ports(String server, Forwards forwards) implements StartPages.Way {
    @Override
    public boolean isWindow() {
      return false;
    }

    @Override
    public URI lead(URI there) throws IOException {
      if (!LoopbackName.is(there.getHost())) {
        return there;
      }
      int port =
          there.getPort() > 0 ? there.getPort() : there.getScheme().equals("https") ? 443 : 80;
      URI here = forwards.lead(server, LoopbackName.dialled(there.getHost()) + ":" + port);
      try {
        String rest = there.toASCIIString().replaceFirst("^https?://[^/?#]*", "");
        return new URI(there.getScheme() + "://" + here.getAuthority() + rest);
      } catch (URISyntaxException e) {
        throw new IOException("This is no address: " + there, e);
      }
    }
  }
}

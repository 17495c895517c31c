package dev.holdfast.browser;

import dev.holdfast.access.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;

/**
 * The pages below {@code /cluster/NAME/}: what the API of a cluster tells, and a few calls that
 * change something, for this page alone. Thread-safe.
 */
final class ClusterPages implements PageServer.Pages {
  /** The field of a request in which a page shows that it was given {@link #token} by us. */
  static final String TOKEN_FIELD = "holdfast-token";

  /** The field of a request that has keys, in base64. */
  static final String KEYS_FIELD = "holdfast-keys";

  /** The calls that tell something. */
  static final Set<String> CALLS =
      Set.of(
          "self",
          "nodes.list",
          "machines.loads",
          "sessions.list",
          "sessions.history",
          "sessions.joinable",
          "leases.list",
          "leases.limits",
          "recordings.list",
          "recordings.show",
          "audit.search");

  /** The calls that change something. */
  static final Set<String> CHANGES = Set.of("sessions.end", "leases.remove");

  private static final String ROOT = "/cluster/";
  private static final String NAME = "[a-z0-9][a-z0-9.-]{0,127}";
  private static final String ID = "[0-9a-f]{32}";
  private static final String SESSION = "[A-Za-z0-9][A-Za-z0-9-]{0,63}";
  private static final String SIZE = "[1-9][0-9]{0,2}";
  private static final int BYTES_OF_TOKEN = 32;

  private static final Set<String> SCRIPTS =
      Set.of(
          "/cluster.js",
          "/cluster-audit.js",
          "/cluster-call.js",
          "/cluster-charts.js",
          "/cluster-dom.js",
          "/cluster-lists.js",
          "/cluster-overview.js",
          "/cluster-recordings.js",
          "/recording.js",
          "/session.js",
          "/cluster.css",
          "/vendor/asciinema-player.min.js",
          "/vendor/asciinema-player.css",
          "/vendor/xterm.mjs",
          "/vendor/xterm.css");

  private static final Set<String> PAGES =
      Set.of("", "overview", "servers", "sessions", "recordings", "audit", "limits");

  private final Clusters clusters;
  private final GuestTable guests = new GuestTable();
  private final String token;

  ClusterPages(Clusters clusters) {
    this.clusters = clusters;
    byte[] secret = new byte[BYTES_OF_TOKEN];
    new SecureRandom().nextBytes(secret);
    token = HexFormat.of().formatHex(secret);
  }

  /** Whether such a path is of these pages. */
  boolean has(String path) {
    return path.startsWith(ROOT) || SCRIPTS.contains(path);
  }

  @Override
  public PageAnswer answer(PageRequest request) {
    try {
      if (SCRIPTS.contains(request.path())) {
        return request.method().equals("GET")
            ? Resource.page(request.path().substring(1))
            : PageAnswer.notFound();
      }
      String[] words = request.path().substring(ROOT.length()).split("/", 4);
      return switch (words.length) {
        case 1 -> root(request, words[0]);
        case 2 -> page(request, words[0], words[1]);
        case 3 -> part(request, words[0], words[1], words[2]);
        default -> PageAnswer.notFound();
      };
    } catch (IOException e) {
      return PageAnswer.text(502, String.valueOf(e.getMessage()));
    }
  }

  private PageAnswer root(PageRequest request, String word) throws IOException {
    return switch (request.method() + " " + word) {
      case "GET " -> ClusterPage.LISTS.answer();
      case "GET list" ->
          PageAnswer.json(Json.from(Map.of("token", token, "clusters", clusters.list())).line());
      default -> PageAnswer.notFound();
    };
  }

  private PageAnswer page(PageRequest request, String cluster, String word) {
    if (!request.method().equals("GET") || !cluster.matches(NAME)) {
      return PageAnswer.notFound();
    }
    if (word.equals("events")) {
      String query = request.parameter("params");
      return new PageAnswer.Told(listener -> clusters.events(cluster, query, listener));
    }
    return PAGES.contains(word) ? ClusterPage.LISTS.answer() : PageAnswer.notFound();
  }

  private PageAnswer part(PageRequest request, String cluster, String word, String name)
      throws IOException {
    if (!cluster.matches(NAME)) {
      return PageAnswer.notFound();
    }
    return switch (request.method() + " " + word) {
      case "GET call" ->
          CALLS.contains(name)
              ? PageAnswer.json(clusters.call(cluster, name, request.parameter("params")))
              : PageAnswer.notFound();
      case "POST do" ->
          CHANGES.contains(name) ? change(request, cluster, name) : PageAnswer.notFound();
      case "GET recordings", "GET cast", "GET follow" ->
          name.matches(ID) ? recording(request, cluster, word, name) : PageAnswer.notFound();
      case "GET sessions" ->
          name.matches(SESSION) ? ClusterPage.SESSION.answer() : PageAnswer.notFound();
      case "POST join", "POST keys", "POST leave" ->
          isToken(request) ? guest(request, cluster, word, name) : former();
      default -> PageAnswer.notFound();
    };
  }

  /** What a page does that has joined a session, or is about to; it has made a name for itself. */
  private PageAnswer guest(PageRequest request, String cluster, String word, String name) {
    return switch (word) {
      case "join" -> join(request, cluster, name);
      case "keys" -> {
        byte[] keys = keys(request.head().field(KEYS_FIELD));
        yield guests.type(name, keys) ? PageAnswer.done() : PageAnswer.notFound();
      }
      default -> {
        guests.leave(name);
        yield PageAnswer.done();
      }
    };
  }

  private PageAnswer join(PageRequest request, String cluster, String session) {
    String guest = request.parameter("guest");
    String columns = request.parameter("columns");
    String rows = request.parameter("rows");
    if (!session.matches(SESSION)
        || !guest.matches(ID)
        || !columns.matches(SIZE)
        || !rows.matches(SIZE)) {
      return PageAnswer.notFound();
    }
    Clusters.Wish wish =
        new Clusters.Wish(
            session,
            request.parameter("observe").equals("1"),
            Integer.parseInt(columns),
            Integer.parseInt(rows));
    return new PageAnswer.Told(
        listener -> guests.attend(guest, () -> clusters.join(cluster, wish), listener));
  }

  /** In a field of the head, so that they are in no address. */
  private static byte[] keys(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }

  private PageAnswer recording(PageRequest request, String cluster, String word, String id) {
    if (word.equals("recordings")) {
      return ClusterPage.RECORDING.answer();
    }
    if (word.equals("follow")) {
      return new PageAnswer.Told(listener -> clusters.follow(cluster, id, listener));
    }
    boolean isKept = request.parameter("download").equals("1");
    return new PageAnswer.Poured(
        "application/x-asciicast",
        isKept ? id + ".cast" : "",
        out -> clusters.cast(cluster, id, isKept, out));
  }

  private PageAnswer change(PageRequest request, String cluster, String name) throws IOException {
    if (!isToken(request)) {
      return former();
    }
    clusters.call(cluster, name, request.parameter("params"));
    return PageAnswer.done();
  }

  private boolean isToken(PageRequest request) {
    byte[] shown = request.head().field(TOKEN_FIELD).getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(shown, token.getBytes(StandardCharsets.UTF_8));
  }

  private static PageAnswer former() {
    return PageAnswer.text(403, "This page is of a former holdfast ui; load it again.");
  }
}

package dev.holdfast.cli;

import dev.holdfast.access.Json;
import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.ApiMethod;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.AuditQuery;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast admin audit}. */
@Command(
    name = "audit",
    description = "The audit events, a JSON object a line.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {AdminAudit.Search.class, AdminAudit.Follow.class, AuditExport.class})
final class AdminAudit {
  private AdminAudit() {}

  /** Which of them. */
  static final class Which {
    @Option(names = "--user", paramLabel = "NAME", description = "Only of this user.")
    private @Nullable String user;

    @Option(names = "--event", paramLabel = "EVENT", description = "Only such as user.login.")
    private @Nullable String event;

    @Option(names = "--code", paramLabel = "CODE", description = "Only such as T1000W.")
    private @Nullable String code;

    @Parameters(
        arity = "0..1",
        paramLabel = "TEXT",
        description = "Only those in which these words stand, or such that begin so, in any case.")
    private @Nullable String text;

    AuditQuery query(Span span) {
      return new AuditQuery(
          Optional.ofNullable(user),
          Optional.ofNullable(event),
          Optional.ofNullable(code),
          span.from(),
          span.to(),
          Optional.ofNullable(text),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }
  }

  /** Of when. */
  static final class Span {
    /** All the time. */
    static final Span EVER = new Span();

    private @Nullable Instant from;
    private @Nullable Instant to;

    @Option(
        names = "--since",
        paramLabel = "TIME",
        converter = TimeSpan.class,
        description = "Only of the last hours or days, such as 2h.")
    void since(Duration time) {
      from = Instant.now().minus(time);
    }

    @Option(
        names = "--from",
        paramLabel = "TIME",
        description = "Only from then on, such as 2026-01-31T12:00:00Z.")
    void from(Instant time) {
      from = time;
    }

    @Option(names = "--to", paramLabel = "TIME", description = "Only those before.")
    void to(Instant time) {
      to = time;
    }

    Optional<Instant> from() {
      return Optional.ofNullable(from);
    }

    Optional<Instant> to() {
      return Optional.ofNullable(to);
    }
  }

  /** Those of the past. */
  @Command(
      name = "search",
      description = "Print the latest events, the oldest of them first.",
      mixinStandardHelpOptions = true)
  static final class Search implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ApiAccess access;
    @Mixin private Which which;

    @Mixin private Span span;

    @Option(
        names = "--most",
        paramLabel = "N",
        defaultValue = "100",
        description = "So many; 100 unless given.")
    private int most;

    @Override
    public Integer call() throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      Deque<Json> found = new ArrayDeque<>();
      try (ApiClient api = access.open()) {
        AuditQuery query = which.query(span);
        List<Json> page = page(api, query.latest(Math.min(most, AuditQuery.MOST)));
        while (!page.isEmpty() && found.size() < most) {
          page.reversed().forEach(found::addFirst);
          int left = Math.min(most - found.size(), AuditQuery.MOST);
          page = left > 0 ? page(api, query.before(number(page.getFirst()), left)) : List.of();
        }
      }
      found.forEach(event -> out.println(event.line()));
      out.flush();
      return 0;
    }
  }

  /** Some of them; there may be more. */
  static List<Json> page(ApiClient api, AuditQuery query) throws IOException {
    return api.list(ApiMethod.AUDIT_SEARCH, query, Json.class);
  }

  /** The number of an event. */
  static long number(Json event) throws IOException {
    if (event instanceof Json.Members(Map<String, Json> members)
        && members.get("ei") instanceof Json.Numeral(BigDecimal number)) {
      return number.longValue();
    }
    throw new IOException("The service's answer is no event; is it of another version?");
  }

  /** Those to come. */
  @Command(
      name = "follow",
      description = "Print each event from now on, until you end it.",
      mixinStandardHelpOptions = true)
  static final class Follow implements Callable<Integer> {
    /** Time between two looks whether the service is still there. */
    private static final long LOOK_MILLIS = 500;

    @Spec private CommandSpec spec;
    @Mixin private ApiAccess access;
    @Mixin private Which which;

    @Override
    public Integer call() throws IOException, InterruptedException {
      PrintWriter out = spec.commandLine().getOut();
      try (ApiClient api = access.open((method, event) -> print(out, method, event))) {
        api.call(ApiMethod.AUDIT_FOLLOW, which.query(Span.EVER), Done.class);
        while (!api.isOver()) {
          Thread.sleep(LOOK_MILLIS);
        }
      }
      throw new IOException("The connection to the auth service has ended.");
    }

    private static void print(PrintWriter out, String method, Json event) {
      if (method.equals("audited")) {
        out.println(event.line());
        out.flush();
      }
    }
  }
}

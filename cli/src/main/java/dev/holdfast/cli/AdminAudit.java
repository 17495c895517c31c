package dev.holdfast.cli;

import dev.holdfast.access.Json;
import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.ApiMethod;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.AuditQuery;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
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
    subcommands = {AdminAudit.Search.class, AdminAudit.Follow.class})
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
        description = "Only those in which this stands, in any case.")
    private @Nullable String text;

    AuditQuery query(Optional<Instant> from, Optional<Integer> most) {
      return new AuditQuery(
          Optional.ofNullable(user),
          Optional.ofNullable(event),
          Optional.ofNullable(code),
          from,
          Optional.empty(),
          Optional.ofNullable(text),
          most);
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

    @Option(
        names = "--since",
        paramLabel = "TIME",
        converter = TimeSpan.class,
        description = "Only of the last hours or days, such as 2h.")
    private @Nullable Duration since;

    @Option(
        names = "--most",
        paramLabel = "N",
        defaultValue = "100",
        description = "So many; 100 unless given.")
    private int most;

    @Override
    public Integer call() throws IOException {
      Optional<Instant> from = Optional.ofNullable(since).map(Instant.now()::minus);
      PrintWriter out = spec.commandLine().getOut();
      try (ApiClient api = access.open()) {
        api.list(ApiMethod.AUDIT_SEARCH, which.query(from, Optional.of(most)), Json.class)
            .forEach(event -> out.println(event.line()));
      }
      out.flush();
      return 0;
    }
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
        api.call(
            ApiMethod.AUDIT_FOLLOW, which.query(Optional.empty(), Optional.empty()), Done.class);
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

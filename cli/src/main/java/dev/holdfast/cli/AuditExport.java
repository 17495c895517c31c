package dev.holdfast.cli;

import dev.holdfast.access.Json;
import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.AuditQuery;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code holdfast admin audit export}. */
@Command(
    name = "export",
    description = {
      "Write all events that are meant, the oldest first.",
      "",
      "It goes on from a number with --after, for who fetches them again and again."
    },
    mixinStandardHelpOptions = true)
final class AuditExport implements Callable<Integer> {
  /** Events that are fetched at a time. */
  private static final int PAGE = 1_000;

  /** The columns of a table; what else an event has is in the last one, as JSON. */
  private static final List<String> COLUMNS =
      List.of("ei", "time", "code", "event", "user", "server_name", "uid");

  @Spec private CommandSpec spec;
  @Mixin private ApiAccess access;
  @Mixin private AdminAudit.Which which;
  @Mixin private AdminAudit.Span span;

  /** The forms. */
  enum Format {
    JSON,
    CSV
  }

  @Option(
      names = {"-o", "--format"},
      paramLabel = "FORMAT",
      defaultValue = "json",
      description = "json, an object a line, or csv (RFC 4180); json unless given.")
  private Format format;

  @Option(
      names = "--after",
      paramLabel = "NUMBER",
      defaultValue = "0",
      description = "Only events after the one of that number, which is its 'ei'.")
  private long after;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (format == Format.CSV) {
      out.print(String.join(",", COLUMNS) + ",more\r\n");
    }
    try (ApiClient api = access.open()) {
      AuditQuery query = which.query(span);
      long last = after;
      List<Json> page = AdminAudit.page(api, query.after(last, PAGE));
      while (!page.isEmpty()) {
        page.forEach(event -> write(out, event));
        last = AdminAudit.number(page.getLast());
        page = AdminAudit.page(api, query.after(last, PAGE));
      }
    }
    out.flush();
    return 0;
  }

  private void write(PrintWriter out, Json event) {
    switch (format) {
      case JSON -> out.println(event.line());
      case CSV -> out.print(row(event) + "\r\n");
    }
  }

  /** A row of the table. */
  static String row(Json event) {
    Map<String, Json> more =
        new LinkedHashMap<>(event instanceof Json.Members(var members) ? members : Map.of());
    String row =
        COLUMNS.stream()
            .map(column -> cell(text(more.remove(column))))
            .collect(Collectors.joining(","));
    return row + "," + cell(new Json.Members(more).line());
  }

  private static String text(@Nullable Json value) {
    return switch (value) {
      case null -> "";
      case Json.Text(String text) -> text;
      case Json.Numeral(BigDecimal number) -> number.toPlainString();
      default -> value.line();
    };
  }

  /** What begins like a formula is none to a spreadsheet: it gets a space in front. */
  private static String cell(String text) {
    String safe = text.matches("(?s)[=+@\\t\\r-].*") ? " " + text : text;
    return safe.matches("[A-Za-z0-9 .:_-]*") ? safe : '"' + safe.replace("\"", "\"\"") + '"';
  }
}

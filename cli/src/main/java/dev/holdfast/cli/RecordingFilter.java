package dev.holdfast.cli;

import dev.holdfast.auth.Recorded;
import dev.holdfast.auth.RecordingQuery;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which recordings of a cluster are listed, and how. */
final class RecordingFilter {
  /** The columns of the list. */
  static final List<String> TITLES =
      List.of("ID", "USER", "LOGIN", "NODE", "STARTED", "ENDED", "BYTES", "STATE", "HELD");

  @Option(names = "--user", paramLabel = "NAME", description = "Only of this user.")
  private @Nullable String user;

  @Option(names = "--login", paramLabel = "ACCOUNT", description = "Only of this account.")
  private @Nullable String login;

  @Option(names = "--node", paramLabel = "NODE", description = "Only of this node, name or id.")
  private @Nullable String node;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "Only those that are open, complete or cut.")
  private Recorded.@Nullable State state;

  @Option(
      names = "--most",
      paramLabel = "N",
      defaultValue = "100",
      description = "So many; 100 unless given, at most 1000.")
  private int most;

  @Option(
      names = "--before",
      paramLabel = "ID",
      description = "Go on with a list behind this recording.")
  private @Nullable String before;

  @Mixin private AdminAudit.Span span;

  RecordingQuery query() {
    return new RecordingQuery(
        Optional.ofNullable(user),
        Optional.ofNullable(login),
        Optional.ofNullable(node),
        span.from(),
        span.to(),
        Optional.ofNullable(state),
        Optional.of(most),
        Optional.ofNullable(before));
  }

  /** One of them. */
  static List<String> row(Recorded one) {
    return List.of(
        one.id(),
        one.user(),
        one.login(),
        one.nodeName(),
        one.started().toString(),
        one.ended().map(Instant::toString).orElse(""),
        "" + one.bytes(),
        one.state().name().toLowerCase(Locale.ROOT),
        one.hold().orElse(""));
  }
}

package dev.holdfast.cli;

import dev.holdfast.access.Documents.TokenOrder;
import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.JoinToken;
import dev.holdfast.access.Labels;
import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.ApiMethod;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.MadeToken;
import dev.holdfast.auth.ApiRecords.Named;
import dev.holdfast.auth.ApiRecords.None;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast admin tokens}. */
@Command(
    name = "tokens",
    description = "The join tokens, by which machines and invited people get in.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {AdminTokens.Ls.class, AdminTokens.Add.class, AdminTokens.Rm.class})
final class AdminTokens {
  private AdminTokens() {}

  /** The list. */
  @Command(
      name = "ls",
      description = "List the tokens that can still be used, without their secrets.",
      mixinStandardHelpOptions = true)
  static final class Ls extends AdminList<JoinToken> {
    @Override
    List<JoinToken> all(ApiClient api) throws IOException {
      return api.list(ApiMethod.TOKENS, new None(), JoinToken.class);
    }

    @Override
    List<String> titles() {
      return List.of("ID", "FOR", "USES", "EXPIRES", "NAME", "LABELS");
    }

    @Override
    List<String> row(JoinToken token) {
      return List.of(
          token.id(),
          token.purpose().name().toLowerCase(Locale.ROOT),
          "" + token.usesLeft(),
          token.expires().toString(),
          token.name(),
          token.labels().toString());
    }
  }

  /** A new one. */
  @Command(
      name = "add",
      description = "Make a token by which machines join; it is shown this once.",
      mixinStandardHelpOptions = true)
  static final class Add extends AdminCall {
    /** What joins. */
    enum Kind {
      NODE,
      PROXY
    }

    @Parameters(paramLabel = "node|proxy", description = "What joins with it.")
    private Kind kind;

    @Option(
        names = "--time",
        paramLabel = "TIME",
        converter = TimeSpan.class,
        description = "How long it counts. Default: 1h.")
    private @Nullable Duration time;

    @Option(names = "--uses", paramLabel = "N", description = "How often. Default: once.")
    private @Nullable Integer uses;

    @Option(
        names = "--label",
        paramLabel = "KEY=VALUE",
        description = "A label that the machine gets, whatever it says itself.")
    private Map<String, String> labels = Map.of();

    @Option(
        names = "--name",
        paramLabel = "NAME",
        description = "The only name that may join with it.")
    private @Nullable String name;

    @Override
    void call(ApiClient api) throws IOException {
      try {
        TokenOrder order =
            new TokenOrder(
                JoinToken.Purpose.valueOf(kind.name()),
                Optional.ofNullable(time),
                Optional.ofNullable(uses),
                new Labels(labels),
                Optional.ofNullable(name),
                List.of());
        MadeToken made = api.call(ApiMethod.TOKEN_MAKE, order, MadeToken.class);
        say("%s", made.text());
        sayBeside("It counts until %s.", made.token().expires());
      } catch (InvalidRecordException e) {
        throw new IOException(e.sentence(), e);
      }
    }
  }

  /** The end of one. */
  @Command(
      name = "rm",
      description = "Remove a token; what joined with it stays.",
      mixinStandardHelpOptions = true)
  static final class Rm extends AdminCall {
    @Parameters(paramLabel = "ID", description = "The token.")
    private String id;

    @Override
    void call(ApiClient api) throws IOException {
      api.call(ApiMethod.TOKEN_REMOVE, new Named(id), Done.class);
      say("Removed the token %s.", id);
    }
  }
}

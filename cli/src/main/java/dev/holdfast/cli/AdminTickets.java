package dev.holdfast.cli;

import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.ApiMethod;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.None;
import java.io.IOException;
import picocli.CommandLine.Command;

/** {@code holdfast admin tickets}. */
@Command(
    name = "tickets",
    description = "The keys that sign tickets, with which streams come back through any proxy.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = AdminTickets.Turn.class)
final class AdminTickets {
  private AdminTickets() {}

  /** The next key signs. */
  @Command(
      name = "turn",
      description = {
        "Have the next key sign from now on, and not only when its day has come.",
        "",
        "What the former key signed counts until it ends: no session is lost. What a proxy had that"
            + " nobody trusts any more is withdrawn by 'holdfast admin nodes rm'."
      },
      mixinStandardHelpOptions = true)
  static final class Turn extends AdminCall {
    @Override
    void call(ApiClient api) throws IOException {
      api.call(ApiMethod.TICKET_KEYS_TURN, new None(), Done.class);
      say("The next key signs tickets now.");
    }
  }
}

package dev.holdfast.cli;

import picocli.CommandLine.Command;

/** {@code holdfast admin}: what administrators see and change. */
@Command(
    name = "admin",
    description = {
      "See and change the users, roles, nodes, tokens and locks of a cluster.",
      "",
      "On the machine of the auth service whoever has its rights may do it; elsewhere it takes a"
          + " role with the right to administer, and a log-in."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      AdminUsers.class,
      AdminRoles.class,
      AdminNodes.class,
      AdminTokens.class,
      AdminLocks.class,
      AdminLeases.class,
      AdminAudit.class,
      AdminRecordings.class,
      AdminAuthorities.class,
      AdminTickets.class,
      AdminApply.class
    })
final class AdminCommand {
  private AdminCommand() {}
}

package dev.holdfast.cli;

import dev.holdfast.access.Lease;
import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.ApiMethod;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.LeaseQuery;
import dev.holdfast.auth.ApiRecords.Named;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast admin leases}. */
@Command(
    name = "leases",
    description = {
      "The connections that are counted, each with the lease that it holds.",
      "",
      "Who is no administrator sees his own, and can end those that wait for their client."
    },
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {AdminLeases.Ls.class, AdminLeases.Rm.class})
final class AdminLeases {
  private AdminLeases() {}

  /** The list. */
  @Command(
      name = "ls",
      description = "List who holds what, the oldest first.",
      mixinStandardHelpOptions = true)
  static final class Ls extends AdminList<Lease> {
    @Option(names = "--user", paramLabel = "NAME", description = "Only of this user.")
    private @Nullable String user;

    @Override
    List<Lease> all(ApiClient api) throws IOException {
      LeaseQuery query = new LeaseQuery(Optional.ofNullable(user));
      return api.list(ApiMethod.LEASES, query, Lease.class);
    }

    @Override
    List<String> titles() {
      return List.of("ID", "USER", "NODE", "LOGIN", "FROM", "SINCE", "STATE");
    }

    @Override
    List<String> row(Lease lease) {
      return List.of(
          lease.id(),
          lease.user(),
          lease.machineName().isEmpty() ? lease.machine() : lease.machineName(),
          lease.login(),
          lease.from(),
          lease.taken().toString(),
          lease.ending() ? "ending" : lease.detached() ? "detached" : "attached");
    }
  }

  /** The end of one. */
  @Command(
      name = "rm",
      description = {
        "End a connection.",
        "",
        "Its slot is free as soon as its node has ended it, usually within two seconds."
      },
      mixinStandardHelpOptions = true)
  static final class Rm extends AdminCall {
    @Parameters(paramLabel = "ID", description = "The lease.")
    private String id;

    @Override
    void call(ApiClient api) throws IOException {
      api.call(ApiMethod.LEASE_REMOVE, new Named(id), Done.class);
      say("The connection %s ends.", id);
    }
  }
}

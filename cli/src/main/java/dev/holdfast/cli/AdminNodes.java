package dev.holdfast.cli;

import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.ApiMethod;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.MachineQuery;
import dev.holdfast.auth.ApiRecords.Named;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast admin nodes}. */
@Command(
    name = "nodes",
    description = "The machines that have joined: nodes, and proxies.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {AdminNodes.Ls.class, AdminNodes.Rm.class})
final class AdminNodes {
  private AdminNodes() {}

  /** The list. */
  @Command(
      name = "ls",
      description = "List the machines that have joined, those offline for up to 30 days.",
      mixinStandardHelpOptions = true)
  static final class Ls implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ApiAccess access;
    @Mixin private Listing listing;

    @Option(names = "--proxies", description = "Proxies instead of nodes.")
    private boolean proxies;

    @Override
    public Integer call() throws IOException {
      ServiceKind kind = proxies ? ServiceKind.PROXY : ServiceKind.NODE;
      try (ApiClient api = access.open()) {
        listing.print(
            spec.commandLine().getOut(),
            api.list(ApiMethod.MACHINES, new MachineQuery(kind), NodeRecord.class),
            List.of("NAME", "ID", "STATE", "LABELS", "ADDRESSES", "VERSION"),
            node ->
                List.of(
                    node.name(),
                    node.id(),
                    LsCommand.state(node),
                    node.labels().toString(),
                    String.join(",", node.addresses()),
                    node.version()));
      }
      return 0;
    }
  }

  /** The end of one. */
  @Command(
      name = "rm",
      description = "Remove a machine; its key and name count no more.",
      mixinStandardHelpOptions = true)
  static final class Rm implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private ApiAccess access;

    @Parameters(paramLabel = "NAME|ID", description = "The machine.")
    private String name;

    @Override
    public Integer call() throws IOException {
      try (ApiClient api = access.open()) {
        api.call(ApiMethod.MACHINE_REMOVE, new Named(name), Done.class);
      }
      AdminUsers.print(spec, "Removed the machine %s.", name);
      return 0;
    }
  }
}

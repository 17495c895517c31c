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
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
  static final class Ls extends AdminList<NodeRecord> {
    @Option(names = "--proxies", description = "Proxies instead of nodes.")
    private boolean proxies;

    @Override
    List<NodeRecord> all(ApiClient api) throws IOException {
      return api.list(
          ApiMethod.MACHINES,
          new MachineQuery(proxies ? ServiceKind.PROXY : ServiceKind.NODE),
          NodeRecord.class);
    }

    @Override
    List<String> titles() {
      return List.of("NAME", "ID", "STATE", "LABELS", "ADDRESSES", "VERSION");
    }

    @Override
    List<String> row(NodeRecord node) {
      return List.of(
          node.name(),
          node.id(),
          LsCommand.state(node),
          node.labels().toString(),
          String.join(",", node.addresses()),
          node.version());
    }
  }

  /** The end of one. */
  @Command(
      name = "rm",
      description = "Remove a machine; its key and name count no more.",
      mixinStandardHelpOptions = true)
  static final class Rm extends AdminCall {
    @Parameters(paramLabel = "NAME|ID", description = "The machine.")
    private String name;

    @Override
    void call(ApiClient api) throws IOException {
      api.call(ApiMethod.MACHINE_REMOVE, new Named(name), Done.class);
      say("Removed the machine %s.", name);
    }
  }
}

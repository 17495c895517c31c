package dev.holdfast.cli;

import dev.holdfast.access.NodeRecord;
import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.ApiMethod;
import dev.holdfast.auth.ApiRecords.Listed;
import dev.holdfast.auth.ApiRecords.NodeQuery;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holdfast ls}: the nodes that one may log in to. */
@Command(
    name = "ls",
    description = "List the nodes of your cluster that you may log in to, and as whom.",
    mixinStandardHelpOptions = true)
final class LsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ApiAccess access;
  @Mixin private Listing listing;

  @Parameters(
      arity = "0..1",
      paramLabel = "KEY=VALUE,...",
      description = "Only nodes with these labels; '*' is any value.")
  private @Nullable String labels;

  @Override
  public Integer call() throws IOException {
    try (ApiClient api = access.open()) {
      List<Listed> all =
          api.list(ApiMethod.NODES, new NodeQuery(Optional.ofNullable(labels)), Listed.class);
      listing.print(
          spec.commandLine().getOut(),
          all,
          List.of("NAME", "STATE", "LOGINS", "LABELS", "VERSION"),
          LsCommand::row);
    }
    return 0;
  }

  private static List<String> row(Listed one) {
    return List.of(
        one.node().name(),
        state(one.node()),
        String.join(",", one.logins()),
        one.node().labels().toString(),
        one.node().version());
  }

  static String state(NodeRecord node) {
    if (node.online()) {
      return "online";
    }
    return node.lastSeen()
        .map(it -> "offline since " + it.truncatedTo(java.time.temporal.ChronoUnit.SECONDS))
        .orElse("never seen");
  }
}

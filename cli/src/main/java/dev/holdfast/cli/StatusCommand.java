package dev.holdfast.cli;

import dev.holdfast.access.Json;
import dev.holdfast.access.Records;
import dev.holdfast.forward.ControlFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code holdfast status}: where one is logged in, and until when, and what is forwarded. */
@Command(
    name = "status",
    description = {
      "Tell where you are logged in, as whom, and until when, and what your forwarder forwards.",
      "",
      "The exit status is 1 if no certificate is valid."
    },
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "A JSON object: clusters and forwards.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    List<Profile> all = Profiles.ofUser().all();
    List<Map<String, Object>> forwards =
        new ServiceForwards(
                ControlFiles.usual(System.getenv(), Path.of(System.getProperty("user.home"))),
                List::of)
            .list();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      List<Json> items = all.stream().map(Records::write).toList();
      out.println(
          Json.members("clusters", new Json.Items(items), "forwards", Json.from(forwards)).line());
    } else {
      all.forEach(one -> print(one, out));
      if (all.isEmpty()) {
        out.println("You are not logged in to a cluster.");
      }
      if (!forwards.isEmpty()) {
        out.println();
        out.print(ForwardsText.table(forwards));
      }
    }
    out.flush();
    return all.stream().anyMatch(Profile::isValid) ? 0 : 1;
  }

  private static void print(Profile one, PrintWriter out) {
    out.printf(
        "%s: %s, %s %s%n",
        one.cluster(), one.user(), one.isValid() ? "valid until" : "ended at", one.validBefore());
    out.printf("  auth service  %s%n", one.auth());
    out.printf("  principals    %s%n", String.join(", ", one.principals()));
  }
}

package dev.holdfast.cli;

import dev.holdfast.link.Destination;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code holdfast gate}: resumption in front of an existing server. */
@Command(
    name = "gate",
    description = {
      "Put resumption in front of an sshd, or any TCP server.",
      "",
      "Clients that know nothing of it are joined to the server untouched. A client's side:",
      "ProxyCommand holdfast connect %%h %%p"
    },
    mixinStandardHelpOptions = true)
final class GateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  /** Described here; read by {@link GateConfiguration}, which knows the settings file too. */
  @SuppressWarnings("UnusedVariable")
  @Mixin
  private GateOptions options;

  @Override
  public Integer call() throws IOException, InterruptedException {
    GateConfiguration configuration = new GateConfiguration(spec.commandLine(), arguments());
    GateOptions read = configuration.read();
    Destination target = target(read);
    try (ServiceLog log = ServiceLog.to(spec.commandLine().getErr())) {
      new GateService(configuration, log).run(read, target);
    }
    return 0;
  }

  private Destination target(GateOptions read) {
    if (read.to == null) {
      throw new ParameterException(
          spec.commandLine(), "Missing required option: '--to=[HOST:]PORT'");
    }
    return read.to;
  }

  /** What follows the command's name. */
  private List<String> arguments() {
    List<String> all = spec.root().commandLine().getParseResult().originalArgs();
    return all.subList(all.indexOf(spec.name()) + 1, all.size());
  }
}

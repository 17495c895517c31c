package dev.holdfast.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code holdfast serve}: the services of this host: a node, a proxy, a gate, in one process. */
@Command(
    name = "serve",
    description = {
      "Serve SSH: sessions that outlive links, clients and upgrades of the server.",
      "",
      "Works without a configuration. An ordinary user serves himself only, by the keys in"
          + " ~/.ssh/authorized_keys."
    },
    mixinStandardHelpOptions = true)
final class ServeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private ServeOptions options;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Problems problems = new Problems();
    ServeConfiguration configuration = ServeConfiguration.read(options, problems);
    if (!problems.isEmpty()) {
      PrintWriter err = spec.commandLine().getErr();
      problems.lines().forEach(line -> err.println("holdfast: " + line));
      err.flush();
      return Failures.USAGE;
    }
    if (options.check) {
      spec.commandLine().getOut().print(configuration.text());
      spec.commandLine().getOut().flush();
      return 0;
    }
    try (ServiceLog log = ServiceLog.to(spec.commandLine().getErr())) {
      ModuleLogs.goTo(log);
      serve(configuration, log);
    }
    return 0;
  }

  /** The auth service begins first and ends last: the others ask it. */
  private void serve(ServeConfiguration configuration, ServiceLog log)
      throws IOException, InterruptedException {
    log.change(configuration.logLevel(), configuration.logFormat());
    try (Auth auth = auth(configuration.auth(), log)) {
      Memberships memberships =
          new Memberships(configuration.cluster(), auth == null ? null : auth.service());
      serve(configuration, auth, memberships, log);
    }
  }

  private @Nullable Auth auth(@Nullable AuthConfiguration configuration, ServiceLog log)
      throws IOException {
    return configuration == null
        ? null
        : Auth.start(configuration, configuration.meeting(), options.takeOver, log);
  }

  private void serve(
      ServeConfiguration configuration,
      @Nullable Auth auth,
      Memberships memberships,
      ServiceLog log)
      throws IOException, InterruptedException {
    try (OtherServices others =
        OtherServices.start(configuration, auth, memberships, options.takeOver, log)) {
      if (configuration.servesNode()) {
        new NodeService(options, others, log).run(configuration, memberships);
      } else {
        others.run(configuration, options);
      }
    }
  }
}

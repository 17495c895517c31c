package dev.holdfast.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code holdfast logout}: forgets a cluster's certificate. */
@Command(
    name = "logout",
    description = "Forget a cluster: its certificate and key are removed here and in the agent.",
    mixinStandardHelpOptions = true)
final class LogoutCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      description = "The cluster. Default: the one that you logged in to last.")
  private @Nullable String cluster;

  @Override
  public Integer call() throws IOException {
    Profiles profiles = Profiles.ofUser();
    Profile profile = profiles.find(cluster);
    AgentCertificates.remove(profiles.files(profile.cluster()).certificate());
    profiles.remove(profile);
    spec.commandLine().getOut().printf("Logged out of %s.%n", profile.cluster());
    spec.commandLine().getOut().flush();
    return 0;
  }
}

package dev.holdfast.cli;

import dev.holdfast.auth.ApiClient;
import dev.holdfast.link.WholeFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code holdfast ssh-config}: what stock OpenSSH needs to reach the nodes. */
@Command(
    name = "ssh-config",
    description = {
      "Print what ssh(1) needs to reach the nodes of your cluster as NODE.CLUSTER.",
      "",
      "The same stands in a file of your profile since you logged in; to have it anew is of use"
          + " when proxies or nodes are others. In ~/.ssh/config: Include"
          + " ~/.config/holdfast/profiles/*/ssh_config"
    },
    mixinStandardHelpOptions = true)
final class SshConfigCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      description = "The cluster. Default: the one that you logged in to last.")
  private @Nullable String cluster;

  @Option(
      names = "--program",
      paramLabel = "FILE",
      description = "How ssh is to call holdfast. Default: holdfast, found as any command is.")
  private String program = "holdfast";

  @Override
  public Integer call() throws IOException {
    Profiles profiles = Profiles.ofUser();
    Profile profile = profiles.find(cluster);
    Profiles.ProfileFiles files = profiles.files(profile.cluster());
    ClusterSshConfig config;
    try (ApiClient api = ApiAccess.byCertificate(profile, profiles, ApiAccess::ignore)) {
      config = ClusterSshConfig.ask(api, profile, files);
    }
    String text = config.text(program);
    WholeFile.replace(files.sshConfig(), text, WholeFile.OWN);
    PrintWriter out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
    return 0;
  }
}

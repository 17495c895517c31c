package dev.holdfast.cli;

import dev.holdfast.access.NodeRecord;
import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.ApiMethod;
import dev.holdfast.auth.ApiRecords.Listed;
import dev.holdfast.auth.ApiRecords.NodeQuery;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
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
      "For example: holdfast ssh-config > ~/.ssh/holdfast, and in ~/.ssh/config: Include holdfast"
    },
    mixinStandardHelpOptions = true)
final class SshConfigCommand implements Callable<Integer> {
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
    List<Listed> nodes;
    try (ApiClient api = ApiAccess.byCertificate(profile, profiles, ApiAccess::ignore)) {
      nodes = api.list(ApiMethod.NODES, new NodeQuery(Optional.empty()), Listed.class);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf("# The cluster %s for %s%n", profile.cluster(), profile.user());
    nodes.forEach(one -> print(profile, one, out));
    print(profile, profiles.files(profile.cluster()), out);
    out.flush();
    return 0;
  }

  /** A node that is dialled directly; the others have nothing of their own. */
  private static void print(Profile profile, Listed one, PrintWriter out) {
    NodeRecord node = one.node();
    if (node.addresses().isEmpty()) {
      return;
    }
    AuthAddress address = new AuthAddress(node.addresses().getFirst());
    String name = node.name() + "." + profile.cluster();
    out.printf("Host %s%n", name);
    out.printf("  HostName %s%n", address.host());
    out.printf("  Port %d%n", address.port());
    out.printf("  HostKeyAlias %s%n", name);
    if (one.logins().size() == 1) {
      out.printf("  User %s%n", one.logins().getFirst());
    }
  }

  private static void print(Profile profile, Profiles.ProfileFiles files, PrintWriter out) {
    out.printf("Host *.%s%n", profile.cluster());
    out.printf("  UserKnownHostsFile \"%s\"%n", files.knownHosts());
    out.printf("  IdentityFile \"%s\"%n", files.key());
    out.printf("  CertificateFile \"%s\"%n", files.certificate());
    out.printf("  IdentitiesOnly yes%n");
  }
}

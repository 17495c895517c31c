package dev.holdfast.cli;

import dev.holdfast.access.NodeRecord;
import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.ApiMethod;
import dev.holdfast.auth.ApiRecords.Listed;
import dev.holdfast.auth.ApiRecords.NodeQuery;
import dev.holdfast.auth.ApiRecords.None;
import dev.holdfast.auth.ApiRecords.ProxyPlace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What stock ssh has to know to reach a cluster's nodes as NODE.CLUSTER: a whole configuration, in
 * a file of the profile, so that {@code ssh -F} takes it alone and {@code Include} beside others.
 *
 * <pre>
 *   Host 1.proxy.demo                   each proxy by a name of its own
 *   Host *.proxy.demo                   one certificate for all of them
 *   Host web1.demo                      a node that is dialled directly, or whose account is certain
 *   Host *.demo,!*.proxy.demo           nodes, through the proxies
 *   Host *.demo                         keys and certificates
 * </pre>
 */
record ClusterSshConfig(
    Profile profile, Profiles.ProfileFiles files, List<Listed> nodes, List<ProxyPlace> proxies) {
  /** Proxies that are tried. */
  static final int MOST_PROXIES = 8;

  ClusterSshConfig {
    nodes = List.copyOf(nodes);
    proxies = List.copyOf(proxies);
  }

  /** Asks the cluster. */
  static ClusterSshConfig ask(ApiClient api, Profile profile, Profiles.ProfileFiles files)
      throws IOException {
    return new ClusterSshConfig(
        profile,
        files,
        api.list(ApiMethod.NODES, new NodeQuery(Optional.empty()), Listed.class),
        api.list(ApiMethod.PROXIES, new None(), ProxyPlace.class));
  }

  /**
   * The text.
   *
   * @param program how holdfast is called
   */
  String text(String program) {
    StringBuilder text = new StringBuilder();
    text.append("# The cluster %s for %s\n".formatted(profile.cluster(), profile.user()));
    List<String> names = proxies(text);
    nodes.forEach(one -> node(text, one));
    if (!names.isEmpty()) {
      through(text, names, program);
    }
    text.append("Host *.%s\n".formatted(profile.cluster()));
    text.append("  UserKnownHostsFile \"%s\"\n".formatted(files.knownHosts()));
    text.append("  IdentityFile \"%s\"\n".formatted(files.key()));
    text.append("  CertificateFile \"%s\"\n".formatted(files.certificate()));
    text.append("  IdentitiesOnly yes\n");
    return text.toString();
  }

  /** Those that live first; the names under which they stand here. */
  private List<String> proxies(StringBuilder text) {
    List<String> addresses = new ArrayList<>();
    for (boolean online : new boolean[] {true, false}) {
      proxies.stream()
          .filter(one -> one.online() == online)
          .flatMap(one -> one.addresses().stream())
          .filter(one -> !addresses.contains(one))
          .forEach(addresses::add);
    }
    List<String> names = new ArrayList<>();
    for (String address : addresses.subList(0, Math.min(addresses.size(), MOST_PROXIES))) {
      AuthAddress at = new AuthAddress(address);
      String name = "%d.%s".formatted(names.size() + 1, common());
      names.add(name);
      text.append("Host %s\n".formatted(name));
      text.append("  HostName %s\n".formatted(at.host()));
      text.append("  Port %d\n".formatted(at.port()));
    }
    if (!names.isEmpty()) {
      text.append("Host *.%s\n".formatted(common()));
      text.append("  HostKeyAlias %s\n".formatted(common()));
      text.append("  User %s\n".formatted(profile.user()));
    }
    return names;
  }

  private String common() {
    return NodeRecord.PROXY + "." + profile.cluster();
  }

  private void node(StringBuilder text, Listed one) {
    NodeRecord node = one.node();
    boolean direct = !node.addresses().isEmpty() && node.proxies().isEmpty();
    boolean certain = one.logins().size() == 1;
    if (!direct && !certain) {
      return;
    }
    String name = node.name() + "." + profile.cluster();
    text.append("Host %s\n".formatted(name));
    if (direct) {
      AuthAddress address = new AuthAddress(node.addresses().getFirst());
      text.append("  HostName %s\n".formatted(address.host()));
      text.append("  Port %d\n".formatted(address.port()));
      text.append("  HostKeyAlias %s\n".formatted(name));
      text.append("  ProxyCommand none\n");
    }
    if (certain) {
      text.append("  User %s\n".formatted(one.logins().getFirst()));
    }
  }

  private void through(StringBuilder text, List<String> names, String program) {
    text.append("Host *.%s !*.%s\n".formatted(profile.cluster(), common()));
    text.append("  IgnoreUnknown HoldfastProxy\n");
    text.append("  HoldfastProxy %s\n".formatted(String.join(",", names)));
    text.append(
        "  ProxyCommand %s connect -F \"%s\" --proxy %s --login %%r %%h %%p\n"
            .formatted(program, files.sshConfig(), String.join(",", names)));
  }
}

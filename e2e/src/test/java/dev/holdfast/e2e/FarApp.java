package dev.holdfast.e2e;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A server of a browser window, in a network namespace of its own: an sshd on loopback there, and a
 * web app. Needs root.
 */
final class FarApp implements AutoCloseable {
  private final Namespace namespace = Namespace.fresh("f");
  private final Sshd sshd;
  private final ReportingApp app;

  FarApp(String name) {
    Command.of("ip", "netns", "add", namespace.name()).run().ok();
    Command.of("ip", "link", "set", "lo", "up").startedBy(namespace.enter()).run().ok();
    sshd = Sshd.start(namespace.enter());
    app = new ReportingApp(name, namespace.enter());
  }

  Namespace namespace() {
    return namespace;
  }

  ReportingApp app() {
    return app;
  }

  /** Where its sshd listens, in its namespace. */
  InetSocketAddress sshd() {
    return sshd.address();
  }

  /** What ssh is told so as to get there from anywhere on this machine. */
  List<String> sshOptions() {
    String way =
        "ProxyCommand=%s nc 127.0.0.1 %d"
            .formatted(String.join(" ", namespace.enter()), sshd.address().getPort());
    return sshOptions("-o", way);
  }

  /**
   * What ssh is told besides the way there.
   *
   * @param way more options
   */
  static List<String> sshOptions(String... way) {
    List<String> options = new ArrayList<>(List.of("-F", "none", "-i", Keys.CLIENT.toString()));
    options.addAll(List.of(way));
    for (String each :
        List.of(
            "HostKeyAlias=" + Keys.HOST_ALIAS,
            "UserKnownHostsFile=" + Keys.KNOWN_HOSTS,
            "GlobalKnownHostsFile=none",
            "StrictHostKeyChecking=yes",
            "IdentityAgent=none")) {
      options.addAll(List.of("-o", each));
    }
    return options;
  }

  @Override
  public void close() {
    app.close();
    sshd.close();
    namespace.remove();
  }
}

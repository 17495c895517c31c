package dev.holdfast.e2e;

import java.util.ArrayList;
import java.util.List;

/**
 * Network namespaces, each with a cable of its own to one where servers are, and an echo in it that
 * nobody outside can dial. Needs root. Confined to one thread.
 */
final class NodeHomes implements AutoCloseable {
  static final int ECHO_PORT = 2007;

  private static final String CABLE = "eth0";

  private final Namespace servers;
  private final List<Namespace> homes = new ArrayList<>();
  private final List<Program> echoes = new ArrayList<>();

  NodeHomes(Namespace servers) {
    this.servers = servers;
  }

  /** Makes one more. */
  void settle() {
    int number = homes.size();
    Namespace home = Namespace.fresh("n" + number);
    homes.add(home);
    String cable = "node" + number;
    String subnet = "10.78.%d.".formatted(number);
    ip("netns", "add", home.name());
    ip("-n", servers.name(), "link", "add", cable, "type", "veth", "peer", "name", CABLE);
    ip("-n", servers.name(), "link", "set", "dev", CABLE, "netns", home.name());
    ip("-n", servers.name(), "addr", "add", subnet + "1/24", "dev", cable);
    ip("-n", servers.name(), "link", "set", cable, "up");
    ip("-n", home.name(), "addr", "add", subnet + "2/24", "dev", CABLE);
    ip("-n", home.name(), "link", "set", CABLE, "up");
    ip("-n", home.name(), "link", "set", "lo", "up");
    ip("-n", home.name(), "route", "add", "default", "via", subnet + "1");
    String listen = "TCP-LISTEN:%d,bind=127.0.0.1,reuseaddr,fork".formatted(ECHO_PORT);
    echoes.add(Command.of("socat", listen, "EXEC:cat").startedBy(home.enter()).start());
  }

  private static void ip(String... words) {
    Command.of("ip").plus(words).run().ok();
  }

  Namespace at(int number) {
    return homes.get(number);
  }

  int count() {
    return homes.size();
  }

  @Override
  public void close() {
    echoes.forEach(Program::close);
    homes.forEach(Namespace::remove);
  }
}

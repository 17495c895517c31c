package dev.holdfast.ssh;

import java.util.List;
import java.util.Locale;

/** What somebody who is logged in may forward: where the settings and his key agree. */
record ForwardPolicy(ServerSettings settings, Login login) {
  /** Ports below it are root's to listen on (IPPORT_RESERVED). */
  private static final int RESERVED_PORTS = 1024;

  /** Whether a channel may lead to this host and port. */
  boolean mayOpen(String host, int port) {
    return mayForward(settings.get(ServerOption.ALLOW_TCP_FORWARDING).local())
        && login.permissions().mayOpen(host, port)
        && settings.get(ServerOption.PERMIT_OPEN).stream()
            .anyMatch(one -> one.allowsOpening(host, port));
  }

  /** Whether this address and port may be listened on. */
  boolean mayListen(String host, int port) {
    return mayForward(settings.get(ServerOption.ALLOW_TCP_FORWARDING).remote())
        && login.permissions().mayListen(host, port)
        && settings.get(ServerOption.PERMIT_LISTEN).stream()
            .anyMatch(one -> one.allowsListening(host, port))
        && (port == 0 || port >= RESERVED_PORTS || isRoot());
  }

  /**
   * Whether a channel may lead to a socket in the file system. Who may only open some ports may
   * not: unlike sshd, for a socket can be a way around them.
   */
  boolean mayOpenSocket() {
    return mayForward(settings.get(ServerOption.ALLOW_STREAM_LOCAL_FORWARDING).local())
        && login.permissions().permitOpen().isEmpty()
        && isAny(settings.get(ServerOption.PERMIT_OPEN));
  }

  /** Whether a socket may be made in the file system; like {@link #mayOpenSocket}. */
  boolean mayListenOnSocket() {
    return mayForward(settings.get(ServerOption.ALLOW_STREAM_LOCAL_FORWARDING).remote())
        && login.permissions().permitListen().isEmpty()
        && isAny(settings.get(ServerOption.PERMIT_LISTEN));
  }

  /** The addresses to listen on for the one that the client says (RFC 4254 7.1). */
  List<String> addresses(String wanted) {
    List<String> loopback = List.of("127.0.0.1", "::1");
    List<String> all = List.of("::", "0.0.0.0");
    return switch (settings.get(ServerOption.GATEWAY_PORTS)) {
      case NO -> loopback;
      case YES -> all;
      case CLIENT_SPECIFIED ->
          switch (wanted.toLowerCase(Locale.ROOT)) {
            case "", "*", "0.0.0.0", "::" -> all;
            case "localhost" -> loopback;
            default -> List.of(wanted);
          };
    };
  }

  private boolean mayForward(boolean way) {
    return way
        && !settings.get(ServerOption.DISABLE_FORWARDING)
        && login.permissions().portForwarding();
  }

  /** Behind a bridge another server says who is. */
  private boolean isRoot() {
    return login.guest() instanceof Bridge || login.account().map(User::isRoot).orElse(false);
  }

  private static boolean isAny(List<PermittedPort> ports) {
    return ports.contains(PermittedPort.ANY);
  }
}

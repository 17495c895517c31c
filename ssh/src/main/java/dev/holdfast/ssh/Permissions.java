package dev.holdfast.ssh;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What somebody may do who is logged in, as far as the key or certificate says (sshd(8), {@code
 * AUTHORIZED_KEYS FILE FORMAT}; PROTOCOL.certkeys). The server's settings bind besides.
 *
 * @param pty to get a pty
 * @param portForwarding TCP ports and stream-local sockets
 * @param agentForwarding the client's agent
 * @param x11Forwarding the client's display
 * @param userRc to have {@code ~/.ssh/rc} run
 * @param command what is run whatever is asked for; null if it is free
 * @param environment set at the start, if the settings permit it
 * @param permitOpen hosts and ports that may be opened; empty if all
 * @param permitListen addresses and ports that may be listened on; empty if all
 * @param validBefore when this ends for new logins; null if never
 * @param touchRequired whether the holder of a FIDO key must have touched it
 * @param verifyRequired whether such a holder must have been verified, by PIN or biometrics
 */
public record Permissions(
    boolean pty,
    boolean portForwarding,
    boolean agentForwarding,
    boolean x11Forwarding,
    boolean userRc,
    @Nullable String command,
    Map<String, String> environment,
    List<PermittedPort> permitOpen,
    List<PermittedPort> permitListen,
    @Nullable Instant validBefore,
    boolean touchRequired,
    boolean verifyRequired) {
  /** Everything. */
  public static final Permissions ALL =
      new Permissions(
          true, true, true, true, true, null, Map.of(), List.of(), List.of(), null, true, false);

  public Permissions {
    environment = Map.copyOf(environment);
    permitOpen = List.copyOf(permitOpen);
    permitListen = List.copyOf(permitListen);
  }

  /**
   * What both allow: the line that believes an authority, and the authority's certificate.
   *
   * @throws MalformedKeyException if they force different commands
   */
  Permissions and(Permissions certificate) throws MalformedKeyException {
    if (command != null && certificate.command != null && !command.equals(certificate.command)) {
      throw new MalformedKeyException("its forced command is not the one that the line forces");
    }
    return new Permissions(
        pty && certificate.pty,
        portForwarding && certificate.portForwarding,
        agentForwarding && certificate.agentForwarding,
        x11Forwarding && certificate.x11Forwarding,
        userRc && certificate.userRc,
        command != null ? command : certificate.command,
        environment,
        permitOpen,
        permitListen,
        earlier(validBefore, certificate.validBefore),
        touchRequired || certificate.touchRequired,
        verifyRequired || certificate.verifyRequired);
  }

  /**
   * The same with {@code forced} in place of whatever command was forced before; the user's rc is
   * not run with what the administrator forces.
   */
  Permissions withCommand(String forced) {
    return new Permissions(
        pty,
        portForwarding,
        agentForwarding,
        x11Forwarding,
        false,
        Objects.requireNonNull(forced),
        environment,
        permitOpen,
        permitListen,
        validBefore,
        touchRequired,
        verifyRequired);
  }

  /** Of these what the three allow as well. */
  Permissions within(boolean ports, boolean agent, boolean x11) {
    return new Permissions(
        pty,
        portForwarding && ports,
        agentForwarding && agent,
        x11Forwarding && x11,
        userRc,
        command,
        environment,
        permitOpen,
        permitListen,
        validBefore,
        touchRequired,
        verifyRequired);
  }

  boolean mayOpen(String host, int port) {
    return permitOpen.isEmpty()
        || permitOpen.stream().anyMatch(one -> one.allowsOpening(host, port));
  }

  boolean mayListen(String host, int port) {
    return permitListen.isEmpty()
        || permitListen.stream().anyMatch(one -> one.allowsListening(host, port));
  }

  private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    return one.isBefore(other) ? one : other;
  }
}

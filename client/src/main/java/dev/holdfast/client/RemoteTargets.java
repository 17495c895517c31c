package dev.holdfast.client;

import dev.holdfast.ssh.ForwardTarget;

/** Where connections of a server's listeners are led to from here (ssh(1), -R). */
public final class RemoteTargets {
  private RemoteTargets() {}

  /**
   * What a forwarding names, or else what each connection asks for by SOCKS, as far as
   * PermitRemoteOpen of {@code config} lets it.
   */
  public static ForwardTarget of(ClientConfig config, PortForward forward) {
    return forward.to().isPresent()
        ? () -> Sockets.connect(forward.to().get(), () -> {})
        : () -> RemoteSocks.connect(config, () -> {});
  }
}

package dev.holdfast.cli;

import dev.holdfast.access.Authority;
import dev.holdfast.access.Load;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.auth.Membership;
import dev.holdfast.link.Gate;
import dev.holdfast.link.GateFigures;
import dev.holdfast.link.WholeFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * A gate of a cluster, before a server that stays as it is: for that one it keeps two files up to
 * date, {@code host-cert.pub} for its HostCertificate, and {@code users} for its TrustedUserCAKeys.
 * Thread-safe.
 */
record GateMember(Membership membership, Path state, Supplier<Membership.Places> places)
    implements Closeable {
  static GateMember open(GateSection section, Memberships memberships) throws IOException {
    TunnelConfiguration tunnels = section.tunnels();
    Membership member =
        memberships.open(
            ServiceKind.NODE,
            tunnels.name(),
            tunnels.machineKey(),
            section.state(),
            tunnels.labels());
    return new GateMember(member, section.state(), tunnels.places(member));
  }

  /** Begins to say that the machine lives. */
  void live(Gate gate) throws IOException {
    membership.tellLoad(() -> {
      GateFigures.Values now = gate.values();
      long present = now.streams() + now.splices();
      return new Load(present, present, now.opened() + now.joined());
    });
    Files.createDirectories(state);
    membership.live(places, this::write);
    membership.onAuthorities(this::writeAuthorities);
  }

  private void write(String certificate) {
    replace("host-cert.pub", certificate + "\n");
  }

  private void writeAuthorities() {
    StringBuilder lines = new StringBuilder();
    membership
        .authorities(Authority.Kind.USER)
        .forEach(one -> lines.append(one.key()).append('\n'));
    replace("users", lines.toString());
  }

  private void replace(String name, String text) {
    try {
      WholeFile.replace(state.resolve(name), text, WholeFile.PUBLIC);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    membership.close();
  }
}

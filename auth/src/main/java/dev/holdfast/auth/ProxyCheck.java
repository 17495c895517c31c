package dev.holdfast.auth;

import dev.holdfast.access.Authority;
import dev.holdfast.access.Identity;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.ssh.HostCertificate;
import dev.holdfast.ssh.HostKeyCheck;
import dev.holdfast.ssh.SshKeys;
import java.io.IOException;
import java.net.InetAddress;
import java.security.PublicKey;
import java.util.List;

/**
 * Knows the proxies of a member's cluster: by the certificate that they have in common, and, while
 * somebody can be asked, as those that are proxies still. Thread-safe.
 */
record ProxyCheck(Membership membership) implements HostKeyCheck {
  private static final InetAddress NOWHERE = InetAddress.ofLiteral("0.0.0.0");

  @Override
  public boolean accepts(PublicKey key) {
    return check().accepts(key) && HostCertificate.of(key).filter(this::isProxys).isPresent();
  }

  @Override
  public List<String> ordered(List<String> algorithms) {
    return check().ordered(algorithms);
  }

  private AuthorityCheck check() {
    return AuthorityCheck.ofProxies(
        membership.clusterName(),
        fingerprint -> membership.believes(Authority.Kind.HOST, fingerprint));
  }

  private boolean isProxys(HostCertificate certificate) {
    byte[] key = SshKeys.wire(certificate.key()).blob();
    try {
      return membership.cluster().identify(key, NOWHERE) instanceof Identity.Machine(var machine)
          && machine.kind() == ServiceKind.PROXY;
    } catch (IOException e) {
      // The certificate has to do.
      return true;
    }
  }
}

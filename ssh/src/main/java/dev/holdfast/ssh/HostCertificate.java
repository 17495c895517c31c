package dev.holdfast.ssh;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.config.keys.OpenSshCertificate;

/**
 * Why a host's certificate does not hold for a name (PROTOCOL.certkeys; sshkey.c, {@code
 * sshkey_cert_check_host}). That its signature fits is checked with the key exchange.
 */
final class HostCertificate {
  private HostCertificate() {}

  /**
   * The reason, or nothing if it holds.
   *
   * @param algorithms with which an authority may have signed
   */
  static Optional<String> fault(
      OpenSshCertificate certificate, String name, List<String> algorithms, Instant now) {
    if (certificate.getType() != OpenSshCertificate.Type.HOST) {
      return Optional.of("Certificate invalid: not a host certificate");
    }
    if (!OpenSshCertificate.isValidAt(certificate, now)) {
      boolean early = Long.compareUnsigned(now.getEpochSecond(), certificate.getValidAfter()) < 0;
      return Optional.of("Certificate invalid: " + (early ? "not yet valid" : "expired"));
    }
    Collection<String> principals = certificate.getPrincipals();
    if (principals == null || principals.isEmpty()) {
      return Optional.of("Certificate lacks principal list");
    }
    if (principals.stream().noneMatch(principal -> Wildcard.matches(name, principal))) {
      return Optional.of("Certificate invalid: name is not a listed principal");
    }
    if (!certificate.getCriticalOptions().isEmpty()) {
      return Optional.of("Certificate contains unsupported critical options");
    }
    if (!algorithms.contains(certificate.getSignatureAlgorithm())) {
      return Optional.of("Certificate signed with disallowed algorithm");
    }
    return Optional.empty();
  }
}

package dev.holdfast.client;

import dev.holdfast.ssh.HostCertificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Why a host's certificate does not hold for a name (sshkey.c, {@code sshkey_cert_check_host}). */
final class HostCertificateRules {
  private HostCertificateRules() {}

  /**
   * The reason, or nothing if it holds.
   *
   * @param algorithms with which an authority may have signed
   */
  static Optional<String> fault(
      HostCertificate certificate, String name, List<String> algorithms, Instant now) {
    if (!certificate.isForHosts()) {
      return Optional.of("Certificate invalid: not a host certificate");
    }
    if (certificate.isEarly(now) || certificate.isLate(now)) {
      boolean early = certificate.isEarly(now);
      return Optional.of("Certificate invalid: " + (early ? "not yet valid" : "expired"));
    }
    if (certificate.principals().isEmpty()) {
      return Optional.of("Certificate lacks principal list");
    }
    if (certificate.principals().stream().noneMatch(each -> Wildcard.matches(name, each))) {
      return Optional.of("Certificate invalid: name is not a listed principal");
    }
    if (certificate.hasCriticalOptions()) {
      return Optional.of("Certificate contains unsupported critical options");
    }
    if (!algorithms.contains(certificate.signatureAlgorithm())) {
      return Optional.of("Certificate signed with disallowed algorithm");
    }
    return Optional.empty();
  }
}

package dev.holdfast.ssh;

import java.security.PublicKey;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.config.keys.OpenSshCertificate;

/**
 * What a certificate that a host has shown says (PROTOCOL.certkeys). That its signature fits is
 * checked with the key exchange.
 *
 * @param key that is certified
 * @param authority that signed it
 * @param isForHosts whether it is for hosts and not for users
 * @param validAfter seconds since 1970, unsigned
 * @param validBefore likewise
 * @param principals the names that it is for
 * @param hasCriticalOptions whether it may only be believed by who knows its options
 * @param signatureAlgorithm that the authority used
 */
public record HostCertificate(
    PublicKey key,
    PublicKey authority,
    boolean isForHosts,
    long validAfter,
    long validBefore,
    List<String> principals,
    boolean hasCriticalOptions,
    String signatureAlgorithm) {
  public HostCertificate {
    principals = List.copyOf(principals);
  }

  /** The certificate that {@code key} is, if it is one. */
  public static Optional<HostCertificate> of(PublicKey key) {
    if (!(key instanceof OpenSshCertificate certificate)) {
      return Optional.empty();
    }
    Collection<String> principals = certificate.getPrincipals();
    return Optional.of(
        new HostCertificate(
            certificate.getCertPubKey(),
            certificate.getCaPubKey(),
            certificate.getType() == OpenSshCertificate.Type.HOST,
            certificate.getValidAfter(),
            certificate.getValidBefore(),
            principals == null ? List.of() : List.copyOf(principals),
            !certificate.getCriticalOptions().isEmpty(),
            certificate.getSignatureAlgorithm()));
  }

  /** Whether its time has not come yet. */
  public boolean isEarly(Instant now) {
    return Long.compareUnsigned(now.getEpochSecond(), validAfter) < 0;
  }

  /** Whether its time is over. */
  public boolean isLate(Instant now) {
    return Long.compareUnsigned(now.getEpochSecond(), validBefore) >= 0;
  }
}

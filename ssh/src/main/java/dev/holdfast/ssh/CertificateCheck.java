package dev.holdfast.ssh;

import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a certificate is what its authority signed, for a user, and in its time. */
record CertificateCheck(ServerSettings settings) {
  private static final Logger log = LoggerFactory.getLogger(CertificateCheck.class);

  boolean isGood(UserCertificate certificate, Instant now) throws MalformedKeyException {
    String fault = fault(certificate, true, now);
    if (!fault.isEmpty()) {
      log.info("A certificate is not used: {}.", fault);
    }
    return fault.isEmpty();
  }

  /** What is wrong with it, as one for a user or else a host; empty if nothing is. */
  String fault(UserCertificate certificate, boolean forUser, Instant now)
      throws MalformedKeyException {
    if (certificate.user() != forUser) {
      return forUser ? "it is one for a host" : "it is one for a user";
    }
    if (certificate.authority().isCertificate()) {
      return "its authority is itself a certificate";
    }
    if (!certificate.isValidAt(now)) {
      return "it is not valid yet, or not any more";
    }
    if (!SignatureCheck.isUsable(certificate.key())
        || !SignatureCheck.isUsable(certificate.authority())) {
      return "its key or its authority's key is not strong enough";
    }
    return isSigned(certificate) ? "" : "its authority did not sign it, or in an old way";
  }

  /** Whether its authority signed it, with an algorithm that is believed. */
  boolean isSigned(UserCertificate certificate) throws MalformedKeyException {
    String algorithm = SignatureCheck.algorithm(certificate.signature());
    return settings.get(ServerOption.CA_SIGNATURE_ALGORITHMS).has(algorithm)
        && SignatureCheck.verify(
                certificate.authority(), algorithm, certificate.signed(), certificate.signature())
            instanceof SignatureCheck.Outcome.Good(int flags)
        && (!certificate.authority().isSecurityKey() || (flags & SignatureCheck.TOUCHED) != 0);
  }
}

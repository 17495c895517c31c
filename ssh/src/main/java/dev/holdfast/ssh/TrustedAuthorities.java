package dev.holdfast.ssh;

import java.net.InetAddress;
import java.time.Instant;
import java.util.Set;

/** The authorities whose certificates are believed. Immutable. */
public final class TrustedAuthorities {
  /** Authorities that are believed at the same time. */
  public static final int MOST = 64;

  private final Set<SshPublicKey> keys;

  /** Those keys and no others; a certificate is never an authority. */
  public TrustedAuthorities(Set<SshPublicKey> keys) {
    if (keys.size() > MOST || keys.stream().anyMatch(SshPublicKey::isCertificate)) {
      throw new IllegalArgumentException("more than " + MOST + " authorities, or a certificate");
    }
    this.keys = Set.copyOf(keys);
  }

  boolean has(SshPublicKey authority) {
    return keys.contains(authority);
  }

  /** What a certificate is worth. */
  public sealed interface Verdict {
    /**
     * It is one of an authority that is believed, in its time and from where it may come. Its
     * holder still has to sign, and its principals are still to be compared.
     */
    record Good(Certified certified) implements Verdict {}

    /** Nothing; {@code why} is a clause for the log. */
    record Bad(String why) implements Verdict {}
  }

  /** Judges {@code shown}, of a client that comes from {@code from}. */
  public Verdict judge(
      SshPublicKey shown, NewCertificate.Kind kind, Instant now, InetAddress from) {
    if (!shown.isCertificate()) {
      return new Verdict.Bad("it is no certificate");
    }
    try {
      UserCertificate certificate = UserCertificate.parse(shown);
      if (!keys.contains(certificate.authority())) {
        return new Verdict.Bad("its authority is not believed");
      }
      KeyOptions options = KeyOptions.of(certificate);
      if (!options.allows(from, AddressPattern.text(from), now)) {
        return new Verdict.Bad("it may not be used from this address");
      }
      String fault =
          new CertificateCheck(ServerSettings.DEFAULTS)
              .fault(certificate, kind == NewCertificate.Kind.USER, now);
      return fault.isEmpty()
          ? new Verdict.Good(Certified.of(certificate, options.permissions()))
          : new Verdict.Bad(fault);
    } catch (MalformedKeyException e) {
      return new Verdict.Bad(String.valueOf(e.getMessage()));
    }
  }
}

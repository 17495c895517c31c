package dev.holdfast.ssh;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * What a certificate says that is believed.
 *
 * @param key that it certifies
 * @param id what the authority calls it
 * @param serial the authority's number for it, unsigned
 * @param principals the names that it is good for; none is good for nothing here
 * @param validBefore when it ends
 * @param authority that signed it
 * @param permissions of its holder
 * @param extensions the names of all that may be ignored
 */
public record Certified(
    SshPublicKey key,
    String id,
    long serial,
    List<String> principals,
    Instant validBefore,
    SshPublicKey authority,
    Permissions permissions,
    Set<String> extensions) {
  /**
   * The extension of certificates by which a proxy logs in for a user, whose connection it counts
   * and whose sessions it records.
   */
  public static final String BRIDGED = "bridged@holdfast.dev";

  public Certified {
    extensions = Set.copyOf(extensions);
    principals = List.copyOf(principals);
  }

  static Certified of(UserCertificate certificate, Permissions permissions) {
    long end = certificate.validBefore();
    Instant validBefore =
        end < 0 || end > Instant.MAX.getEpochSecond() ? Instant.MAX : Instant.ofEpochSecond(end);
    return new Certified(
        certificate.key(),
        certificate.id(),
        certificate.serial(),
        certificate.principals(),
        validBefore,
        certificate.authority(),
        permissions,
        certificate.extensions().keySet());
  }

  /** How its holder proved himself. */
  public Credential credential() {
    return new Credential.Certificate(
        key.type(), key.fingerprint(), id, serial, authority.fingerprint());
  }
}

package dev.holdfast.ssh;

import java.util.Set;

/**
 * The authorities of a cluster, whose certificates log in to accounts of this machine beside the
 * keys that the settings name. Who holds one has still to pass {@link Entrances}. Thread-safe; does
 * not wait.
 */
public interface Certifiers {
  /** There is no cluster. */
  Certifiers NONE =
      new Certifiers() {
        @Override
        public TrustedAuthorities authorities() {
          return new TrustedAuthorities(Set.of());
        }

        @Override
        public Set<String> principals(String account) {
          return Set.of();
        }

        @Override
        public boolean only() {
          return false;
        }
      };

  /** Those that are believed now. */
  TrustedAuthorities authorities();

  /** Names of which a certificate must have one, exactly, to log in to the account. */
  Set<String> principals(String account);

  /** Whether nobody logs in by anything else. */
  boolean only();

  /**
   * What {@link Login#guest} is of somebody with such a certificate.
   *
   * @param shown the certificate as it is on the wire
   */
  record Member(SshPublicKey shown, Certified certified) {}
}

package dev.holdfast.cli;

import dev.holdfast.access.Authority;
import java.time.Instant;
import java.util.List;

/**
 * What this user knows of one cluster that he logged in to.
 *
 * @param auth where its auth service is, as host:port
 * @param authorities that are believed for its hosts
 * @param principals of his certificate
 * @param validBefore when the certificate ends
 */
record Profile(
    String cluster,
    String user,
    String auth,
    List<Authority> authorities,
    List<String> principals,
    Instant validBefore) {
  Profile {
    authorities = List.copyOf(authorities);
    principals = List.copyOf(principals);
  }

  boolean isValid() {
    return Instant.now().isBefore(validBefore);
  }
}

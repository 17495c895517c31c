package dev.holdfast.auth;

import dev.holdfast.access.NodeRecord;
import dev.holdfast.ssh.HostCertificate;
import dev.holdfast.ssh.HostKeyCheck;
import dev.holdfast.ssh.SshKeys;
import java.security.PublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Knows a cluster's auth service or proxies by the authority that certified them. Confined to one
 * connection, after which {@link #why} says what was wrong.
 */
public final class AuthorityCheck implements HostKeyCheck {
  /** What the auth service's name in its certificate begins with, and no other machine's does. */
  private static final String SERVICE = NodeRecord.SERVICE + ".";

  private final Predicate<String> believes;
  private final Predicate<String> named;
  private String why = "";

  private AuthorityCheck(Predicate<String> believes, Predicate<String> named) {
    this.believes = believes;
    this.named = named;
  }

  /**
   * Knows an auth service.
   *
   * @param believes whether the authority with that fingerprint is believed; may ask the person
   */
  public static AuthorityCheck ofService(Predicate<String> believes) {
    return new AuthorityCheck(believes, name -> name.startsWith(SERVICE));
  }

  /** Knows the proxies of a cluster. */
  public static AuthorityCheck ofProxies(String cluster, Predicate<String> believes) {
    String wanted = NodeRecord.PROXY + "." + cluster;
    return new AuthorityCheck(believes, wanted::equals);
  }

  /** Knows a node of the cluster. */
  public static AuthorityCheck ofNode(String cluster, String node, Predicate<String> believes) {
    Set<String> names = Set.of(node, node + "." + cluster);
    return new AuthorityCheck(believes, names::contains);
  }

  @Override
  public boolean accepts(PublicKey key) {
    why = HostCertificate.of(key).map(this::fault).orElse("it has no certificate of a cluster");
    return why.isEmpty();
  }

  private String fault(HostCertificate certificate) {
    Instant now = Instant.now();
    if (!certificate.isForHosts() || certificate.hasCriticalOptions()) {
      return "its certificate is not one for hosts";
    } else if (certificate.isEarly(now) || certificate.isLate(now)) {
      return "its certificate is not valid now; check the clocks";
    } else if (certificate.principals().stream().noneMatch(named)) {
      return "its certificate is that of another machine";
    } else if (!believes.test(SshKeys.fingerprint(certificate.authority()))) {
      return "its authority is not the one that is expected";
    }
    return "";
  }

  /** What was wrong with the last key; nothing if nothing was. */
  public Optional<String> why() {
    return why.isEmpty() ? Optional.empty() : Optional.of(why);
  }

  /** With a certificate, or not at all. */
  @Override
  public List<String> ordered(List<String> algorithms) {
    List<String> ordered = new ArrayList<>(algorithms);
    ordered.removeIf(name -> !name.contains("-cert-v01"));
    return ordered;
  }
}

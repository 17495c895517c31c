package dev.holdfast.auth;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.Authority;
import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.access.RoleSet;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.auth.ApiRecords.Issued;
import dev.holdfast.auth.ApiRecords.Phase;
import dev.holdfast.ssh.Certified;
import dev.holdfast.ssh.MalformedKeyException;
import dev.holdfast.ssh.NewCertificate;
import dev.holdfast.ssh.SshPublicKey;
import dev.holdfast.ssh.TrustedAuthorities;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Signs certificates for users and hosts. Each is numbered, noted in the store and in an audit
 * event before it exists. Keys of authorities and certificates are never certified. Thread-safe.
 */
final class CertificateAuthority {
  /** How long a host's certificate is valid. */
  static final Duration HOST_TIME = Duration.ofDays(30);

  /** Before now, for clocks that are late. */
  private static final Duration EARLY = Duration.ofMinutes(1);

  /** As many as OpenSSH reads. */
  static final int MOST_PRINCIPALS = 256;

  private final Database database;
  private final AuditTrail trail;
  private final AuthorityKeys keys;

  private CertificateAuthority(Database database, AuditTrail trail, AuthorityKeys keys) {
    this.database = database;
    this.trail = trail;
    this.keys = keys;
  }

  /** The cluster's authorities; they are made if it is new. */
  static CertificateAuthority open(Database database, AuditTrail trail, AuthorityKeys keys)
      throws IOException {
    CertificateAuthority authority = new CertificateAuthority(database, trail, keys);
    for (Authority.Kind kind : Authority.Kind.values()) {
      authority.ensure(kind);
    }
    return authority;
  }

  private void ensure(Authority.Kind kind) throws IOException {
    if (current(kind).isEmpty()) {
      add(kind, Authority.State.CURRENT);
    }
  }

  private Optional<Authority> current(Authority.Kind kind) throws IOException {
    return database.transact(tx -> AuthorityTable.the(tx, kind, Authority.State.CURRENT));
  }

  /** The key is in its file first; without its row it is nothing. */
  private boolean add(Authority.Kind kind, Authority.State state) throws IOException {
    Authority made = keys.make(kind, state);
    boolean added =
        trail.change((tx, events) -> {
          tx.revision();
          if (AuthorityTable.the(tx, kind, state).isPresent()) {
            return false;
          }
          AuthorityTable.add(tx, made);
          events.add(changed(kind, "made as " + state, made.fingerprint()));
          return true;
        });
    if (!added) {
      keys.discard(made);
    }
    return added;
  }

  private static AuditEvent changed(Authority.Kind kind, String what, String fingerprint) {
    return AuditEvent.of(
        AuditCode.AUTHORITY_CHANGED, "", "kind", kind, "change", what, "fingerprint", fingerprint);
  }

  // ---- rotation ----

  void rotate(Authority.Kind kind, Phase phase) throws IOException {
    switch (phase) {
      case BEGIN -> {
        if (!add(kind, Authority.State.NEXT)) {
          throw new InvalidRecordException("A rotation has begun already; switch, or wait.");
        }
      }
      case SWITCH -> advance(kind);
      case DROP ->
          trail.change((tx, events) -> {
            AuthorityTable.dropFormer(tx, kind);
            return events.add(changed(kind, "former ones dropped", ""));
          });
    }
  }

  private void advance(Authority.Kind kind) throws IOException {
    trail.change((tx, events) -> {
      tx.revision();
      Authority next =
          AuthorityTable.the(tx, kind, Authority.State.NEXT)
              .orElseThrow(() -> new InvalidRecordException("No rotation has begun."));
      long last =
          tx.first(
                  row -> row.getLong(1),
                  "select coalesce(max(valid_before), 0) from certificates where kind = ?",
                  kind.name())
              .orElse(0L);
      AuthorityTable.advance(tx, kind, Math.max(0, last - tx.nowMillis()) + EARLY.toMillis());
      return events.add(changed(kind, "signs", next.fingerprint()));
    });
  }

  /** Those of a kind that are believed now. */
  static TrustedAuthorities believed(Tx tx, Authority.Kind kind) throws SQLException {
    Set<SshPublicKey> keys = new HashSet<>();
    for (Authority one : AuthorityTable.believed(tx)) {
      if (one.kind() == kind) {
        keys.add(key(one.key()));
      }
    }
    return new TrustedAuthorities(keys);
  }

  static SshPublicKey key(String line) {
    String[] words = line.split(" ", 3);
    try {
      return SshPublicKey.of(words[0], words.length < 2 ? "" : words[1]);
    } catch (MalformedKeyException e) {
      throw new InvalidRecordException("This is not a public key: " + e.getMessage() + ".");
    }
  }

  // ---- signing ----

  /**
   * Certifies a user's key.
   *
   * @param time that he asks for; his roles may say less
   * @param source networks from which alone it counts, if any
   */
  Issued issueForUser(
      RoleSet who, SshPublicKey key, Optional<Duration> time, Optional<String> source)
      throws IOException {
    RoleOptions options = who.options();
    Duration most = options.certificateTime().orElse(RoleOptions.USUAL_CERTIFICATE_TIME);
    Duration asked = time.filter(it -> it.isPositive() && it.compareTo(most) < 0).orElse(most);
    SortedMap<String, String> critical = new TreeMap<>();
    source.ifPresent(networks -> critical.put("source-address", networks));
    String name = who.user().name();
    return issue(
        NewCertificate.Kind.USER,
        key,
        name,
        tx -> principals(tx, who),
        asked,
        critical,
        extensions(options),
        "");
  }

  /**
   * Accounts that he may use everywhere, by their names; others with the one node after an '@', so
   * that a server that goes by principals alone lets nobody in as whom another one would.
   */
  static List<String> principals(Tx tx, RoleSet who) throws SQLException {
    List<String> principals = new ArrayList<>(who.loginsEverywhere());
    for (NodeRecord node : MachineTable.all(tx, ServiceKind.NODE)) {
      for (String login : who.logins(node.labels())) {
        if (!principals.contains(login) && principals.size() < MOST_PRINCIPALS) {
          principals.add(login + "@" + node.name());
        }
      }
    }
    if (principals.isEmpty()) {
      // None would be good for everybody (PROTOCOL.certkeys); no account has a ':' in its name.
      principals.add("user:" + who.user().name());
    }
    return principals;
  }

  private static List<String> extensions(RoleOptions options) {
    List<String> extensions = new ArrayList<>(List.of("permit-pty", "permit-user-rc"));
    if (options.portForwarding().orElse(true)) {
      extensions.add("permit-port-forwarding");
    }
    if (options.agentForwarding().orElse(true)) {
      extensions.add("permit-agent-forwarding");
    }
    if (options.x11Forwarding().orElse(true)) {
      extensions.add("permit-X11-forwarding");
    }
    return extensions;
  }

  /** Certifies a host's key for exactly these names. */
  Issued issueForHost(SshPublicKey key, String id, List<String> names) throws IOException {
    return issue(
        NewCertificate.Kind.HOST, key, id, tx -> names, HOST_TIME, new TreeMap<>(), List.of(), "");
  }

  /** Certifies a proxy's key for the names of a node. */
  Issued issueForBridge(
      SshPublicKey key, String id, List<String> names, Duration time, String proxy)
      throws IOException {
    return issue(
        NewCertificate.Kind.HOST, key, id, tx -> names, time, new TreeMap<>(), List.of(), proxy);
  }

  /** Certifies a proxy's key for a user, with these principals of his. */
  Issued issueForBridge(
      RoleSet who, SshPublicKey key, List<String> principals, Duration time, String proxy)
      throws IOException {
    List<String> extensions = new ArrayList<>(extensions(who.options()));
    extensions.add(Certified.BRIDGED);
    return issue(
        NewCertificate.Kind.USER,
        key,
        who.user().name(),
        tx -> principals,
        time,
        new TreeMap<>(),
        extensions,
        proxy);
  }

  /** The key that signs for a kind now. */
  AuthorityKeys.Key signing(Authority.Kind kind) throws IOException {
    Authority authority =
        current(kind).orElseThrow(() -> new IOException("The cluster has no authority."));
    String fingerprint = authority.fingerprint();
    return find(fingerprint)
        .orElseThrow(() ->
            new IOException(
                "The key of the authority %s is not in %s; copy it from the service that has it."
                    .formatted(fingerprint, keys)));
  }

  /** The key of an authority, if it is here. */
  Optional<AuthorityKeys.Key> find(String fingerprint) throws IOException {
    return keys.find(fingerprint);
  }

  private Issued issue(
      NewCertificate.Kind kind,
      SshPublicKey key,
      String id,
      Database.Work<List<String>> principals,
      Duration time,
      SortedMap<String, String> critical,
      List<String> extensions,
      String proxy)
      throws IOException {
    Authority.Kind by =
        kind == NewCertificate.Kind.USER ? Authority.Kind.USER : Authority.Kind.HOST;
    AuthorityKeys.Key authority = signing(by);
    NewCertificate made =
        trail.change((tx, events) -> {
          refuseAuthority(tx, key);
          Instant now = tx.now();
          NewCertificate certificate =
              new NewCertificate(
                  kind,
                  key,
                  tx.next("serial"),
                  id,
                  principals.run(tx),
                  now.minus(EARLY),
                  now.plus(time),
                  critical,
                  extensions);
          note(tx, certificate, now);
          events.add(event(certificate, proxy));
          return certificate;
        });
    return new Issued(
        made.signedBy(authority.signer()).line(),
        made.serial(),
        made.principals(),
        made.validBefore());
  }

  private static void refuseAuthority(Tx tx, SshPublicKey key) throws SQLException {
    for (Authority one : AuthorityTable.believed(tx)) {
      if (one.fingerprint().equals(key.fingerprint())) {
        throw new InvalidRecordException("The key of an authority is never certified.");
      }
    }
  }

  private static void note(Tx tx, NewCertificate certificate, Instant now) throws SQLException {
    tx.update(
        """
        insert into certificates
        (serial, kind, subject, fingerprint, principals, issued, valid_before)
        values (?, ?, ?, ?, ?, ?, ?)
        """,
        certificate.serial(),
        certificate.kind().name(),
        certificate.id(),
        certificate.key().fingerprint(),
        String.join(",", certificate.principals()),
        now.toEpochMilli(),
        certificate.validBefore().toEpochMilli());
  }

  /** An event; {@code proxy} is whose key it is, if it is not the user's or the host's own. */
  private static AuditEvent event(NewCertificate certificate, String proxy) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("serial", certificate.serial());
    fields.put("subject", certificate.id());
    fields.put("fingerprint", certificate.key().fingerprint());
    fields.put("principals", String.join(",", certificate.principals()));
    fields.put("valid_before", certificate.validBefore());
    if (!proxy.isEmpty()) {
      fields.put("proxy", proxy);
    }
    return new AuditEvent(
        AuditCode.CERTIFICATE_ISSUED,
        certificate.kind() == NewCertificate.Kind.USER ? certificate.id() : "",
        fields);
  }
}

package dev.holdfast.auth;

import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.Authority;
import dev.holdfast.access.Change;
import dev.holdfast.access.Cluster;
import dev.holdfast.access.Decision;
import dev.holdfast.access.Heartbeat;
import dev.holdfast.access.Identity;
import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.Leases;
import dev.holdfast.access.Lock;
import dev.holdfast.access.Names;
import dev.holdfast.access.NodeNames;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.access.RoleSet;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.access.User;
import dev.holdfast.ssh.Certified;
import dev.holdfast.ssh.MalformedKeyException;
import dev.holdfast.ssh.NewCertificate;
import dev.holdfast.ssh.SshPublicKey;
import dev.holdfast.ssh.TrustedAuthorities;
import java.io.IOException;
import java.net.InetAddress;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The cluster as its store has it. Thread-safe. */
final class LocalCluster implements Cluster {
  private final Database database;
  private final AuditTrail trail;
  private final Feed feed;
  private final LeaseBook leases;

  LocalCluster(Database database, AuditTrail trail, Feed feed, LeaseBook leases) {
    this.database = database;
    this.trail = trail;
    this.feed = feed;
    this.leases = leases;
  }

  @Override
  public Identity identify(byte[] shown, InetAddress from) throws IOException {
    SshPublicKey key;
    try {
      key = SshPublicKey.of(shown);
    } catch (MalformedKeyException e) {
      return new Identity.Nobody("What was shown is not a key: " + e.getMessage() + ".");
    }
    return database.transact(tx -> identify(tx, key, from));
  }

  static Identity identify(Tx tx, SshPublicKey key, InetAddress from) throws SQLException {
    return key.isCertificate() ? byCertificate(tx, key, from) : byKey(tx, key);
  }

  private static Identity byCertificate(Tx tx, SshPublicKey shown, InetAddress from)
      throws SQLException {
    TrustedAuthorities believed = CertificateAuthority.believed(tx, Authority.Kind.USER);
    return switch (believed.judge(shown, NewCertificate.Kind.USER, tx.now(), from)) {
      case TrustedAuthorities.Verdict.Bad(String why) ->
          new Identity.Nobody("The certificate is not believed: " + why + ".");
      case TrustedAuthorities.Verdict.Good(Certified certified) -> person(tx, certified);
    };
  }

  private static Identity person(Tx tx, Certified certified) throws SQLException {
    Optional<User> user = UserTable.user(tx, certified.id());
    return user.isPresent()
        ? new Identity.Person(user.get(), certified.serial(), certified.validBefore())
        : new Identity.Nobody(
            "There is no user %s any more.".formatted(Names.printable(certified.id())));
  }

  private static Identity byKey(Tx tx, SshPublicKey key) throws SQLException {
    Optional<NodeRecord> machine = MachineTable.byKey(tx, key.line());
    if (machine.isPresent()) {
      return new Identity.Machine(machine.get());
    }
    Optional<User> user = UserTable.byKey(tx, key.line());
    return user.isPresent()
        ? new Identity.Person(user.get(), 0, end(tx, user.get()))
        : new Identity.Nobody("Nobody has registered the key that was shown.");
  }

  /** A key counts as long as a certificate for it would. */
  private static Instant end(Tx tx, User user) throws SQLException {
    return tx.now()
        .plus(
            UserTable.roleSet(tx, user)
                .options()
                .certificateTime()
                .orElse(dev.holdfast.access.RoleOptions.USUAL_CERTIFICATE_TIME));
  }

  @Override
  public Decision decide(String user, String login, String target) throws IOException {
    return database.transact(tx -> {
      Optional<User> found = UserTable.user(tx, user);
      if (found.isEmpty()) {
        return new Decision.Denied(
            Names.printable(user), Names.printable(login), Names.printable(target));
      }
      return UserTable.roleSet(tx, found.get())
          .decide(login, target, named(tx, target), UserTable.locks(tx));
    });
  }

  private static List<NodeRecord> named(Tx tx, String target) throws SQLException {
    try {
      return NodeNames.find(target, MachineTable.all(tx, ServiceKind.NODE));
    } catch (InvalidRecordException e) {
      return List.of();
    }
  }

  @Override
  public List<NodeRecord> nodesOf(String user) throws IOException {
    return database.transact(tx -> {
      Optional<User> found = UserTable.user(tx, user);
      return found.isEmpty() ? List.of() : nodesOf(tx, UserTable.roleSet(tx, found.get()));
    });
  }

  @Override
  public RoleOptions options(String user) throws IOException {
    return database.transact(tx -> {
      Optional<User> found = UserTable.user(tx, user);
      return found.isEmpty() ? RoleOptions.NONE : UserTable.roleSet(tx, found.get()).options();
    });
  }

  static List<NodeRecord> nodesOf(Tx tx, RoleSet who) throws SQLException {
    return MachineTable.all(tx, ServiceKind.NODE).stream()
        .filter(node -> !who.logins(node.labels()).isEmpty())
        .toList();
  }

  @Override
  public List<NodeRecord> machines(ServiceKind kind) throws IOException {
    return database.transact(tx -> MachineTable.all(tx, kind));
  }

  @Override
  public void heartbeat(Heartbeat beat) throws IOException {
    if (!database.transact(tx -> MachineTable.heartbeat(tx, beat))) {
      throw new IOException("This machine has not joined the cluster, or was removed.");
    }
  }

  @Override
  public List<Authority> authorities() throws IOException {
    return database.transact(AuthorityTable::believed);
  }

  @Override
  public List<Lock> locks() throws IOException {
    return database.transact(UserTable::locks);
  }

  @Override
  public void record(AuditEvent event) throws IOException {
    trail.record(event);
  }

  @Override
  public Leases leases(String machine) {
    return leases.of(machine);
  }

  @Override
  public AutoCloseable watch(Consumer<Change> watcher) {
    return feed.watch(watcher);
  }
}

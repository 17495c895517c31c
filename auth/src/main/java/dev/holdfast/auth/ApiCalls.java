package dev.holdfast.auth;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.Heartbeat;
import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.LabelSelector;
import dev.holdfast.access.Names;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.Records;
import dev.holdfast.access.Role;
import dev.holdfast.access.RoleSet;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.access.User;
import dev.holdfast.auth.ApiRecords.CertificateOrder;
import dev.holdfast.auth.ApiRecords.Code;
import dev.holdfast.auth.ApiRecords.DecisionQuery;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.HostOrder;
import dev.holdfast.auth.ApiRecords.IdentityQuery;
import dev.holdfast.auth.ApiRecords.JoinOrder;
import dev.holdfast.auth.ApiRecords.Listed;
import dev.holdfast.auth.ApiRecords.LockOrder;
import dev.holdfast.auth.ApiRecords.MachineQuery;
import dev.holdfast.auth.ApiRecords.Named;
import dev.holdfast.auth.ApiRecords.NewFactor;
import dev.holdfast.auth.ApiRecords.NodeQuery;
import dev.holdfast.auth.ApiRecords.Rotation;
import dev.holdfast.auth.ApiRecords.Self;
import dev.holdfast.auth.ApiRecords.UserOrder;
import dev.holdfast.auth.ApiRecords.Version;
import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** What the calls of the API do. Who may call was asked before. Thread-safe. */
final class ApiCalls implements ApiSession.Calls {
  private final Parts parts;
  private final Administration administration;
  private final Joining joining;
  private final AuditCalls audit;
  private final RecordingCalls recordings;
  private final LeaseCalls leases;
  private final SessionCalls sessions;

  ApiCalls(Parts parts) {
    this.parts = parts;
    administration = new Administration(parts);
    joining = new Joining(parts);
    audit = new AuditCalls(parts);
    recordings = new RecordingCalls(parts.recordings());
    leases = new LeaseCalls(parts.leases);
    sessions = new SessionCalls(parts.database, parts.trail);
  }

  /** What the calls work with. */
  record Parts(
      String cluster,
      String version,
      Database database,
      AuditTrail trail,
      CertificateAuthority authority,
      LocalCluster local,
      LeaseBook leases,
      TicketKeyBook tickets,
      Feed feed,
      SecureRandom random,
      Recordings recordings) {
    BridgeCertificates bridges() {
      return new BridgeCertificates(cluster, database, authority, local);
    }
  }

  /**
   * The caller as he is now: his roles may be others than when he logged in, he may be locked or
   * removed.
   */
  @Override
  public Caller refreshed(Caller caller) throws IOException {
    return switch (caller) {
      case Caller.Host host -> host;
      case Caller.Newcomer newcomer -> newcomer;
      case Caller.Machine(NodeRecord machine) ->
          parts.database.transact(tx -> {
            NodeRecord now =
                MachineTable.byId(tx, machine.id())
                    .orElseThrow(() ->
                        new InvalidRecordException("This machine was removed from the cluster."));
            refuseLocked(tx, now);
            return new Caller.Machine(now);
          });
      case Caller.Person person ->
          parts.database.transact(tx -> {
            User user =
                UserTable.user(tx, person.name())
                    .orElseThrow(() ->
                        new InvalidRecordException("You are no user of this cluster any more."));
            UserTable.lockOf(tx, user)
                .ifPresent(lock -> {
                  throw new InvalidRecordException(lock.sentence());
                });
            return new Caller.Person(UserTable.roleSet(tx, user), person.proof(), person.address());
          });
    };
  }

  private static void refuseLocked(Tx tx, NodeRecord machine) throws SQLException {
    UserTable.locks(tx).stream()
        .filter(lock -> lock.hits(machine))
        .findFirst()
        .ifPresent(lock -> {
          throw new InvalidRecordException(lock.sentence());
        });
  }

  @Override
  public void refused(Caller caller, ApiMethod method) {
    parts.trail.recordRefusal(AuditCode.CALL_REFUSED, caller.name(), "method", method.method());
  }

  @Override
  public Object call(Caller caller, ApiMethod method, Record params, ApiSession session)
      throws IOException {
    return switch (method) {
      case VERSION -> new Version(ApiMethod.API_VERSION, ApiMethod.API_VERSION, parts.version);
      case SCHEMA -> ApiSchema.document();
      case SELF -> self(caller);
      case CERTIFICATE -> certificate((Caller.Person) caller, (CertificateOrder) params);
      case HOST_CERTIFICATE -> hostCertificate((Caller.Machine) caller, (HostOrder) params);
      case NODE_CERTIFICATE ->
          parts
              .bridges()
              .forNode(((Caller.Machine) caller).machine(), (ApiRecords.NodeOrder) params);
      case BRIDGE_CERTIFICATE ->
          parts
              .bridges()
              .forUser(((Caller.Machine) caller).machine(), (ApiRecords.BridgeOrder) params);
      case AUTHORITIES -> parts.local.authorities();
      case ROTATE -> {
        Rotation rotation = (Rotation) params;
        parts.authority.rotate(rotation.kind(), rotation.phase());
        yield done();
      }
      case FACTOR_NEW -> newFactor((Caller.Person) caller);
      case FACTOR_SET -> setFactor((Caller.Person) caller, (Code) params, session);
      case FACTOR_REMOVE -> administration.removeFactor(caller, (Named) params);
      case NODES -> nodes(caller, (NodeQuery) params);
      case PROXIES ->
          parts.local.machines(ServiceKind.PROXY).stream()
              .map(it -> new ApiRecords.ProxyPlace(it.name(), it.addresses(), it.online()))
              .toList();
      case LOADS -> parts.database.transact(MachineTable::loads);
      case MACHINES -> parts.local.machines(((MachineQuery) params).kind());
      case MACHINE_REMOVE -> administration.removeMachine(caller, (Named) params);
      case JOIN -> joining.join((Caller.Newcomer) caller, (JoinOrder) params);
      case HEARTBEAT -> heartbeat((Caller.Machine) caller, (Heartbeat) params);
      case TICKET_KEYS ->
          parts.tickets.hand(
              ((Caller.Machine) caller).machine(),
              ((ApiRecords.TicketKeyQuery) params).renewable());
      case TICKET_KEYS_TURN -> {
        parts.tickets.turn(caller.name());
        yield done();
      }
      case IDENTIFY -> identify((IdentityQuery) params);
      case DECIDE -> {
        DecisionQuery query = (DecisionQuery) params;
        yield parts.local.decide(query.user(), query.login(), query.target());
      }
      case NODES_OF -> parts.local.nodesOf(((Named) params).name());
      case OPTIONS -> parts.local.options(((Named) params).name());
      case WATCH -> {
        session.hold(parts.feed.watch(change -> tellQuietly(session, Records.write(change))));
        sessions.ending().forEach(each -> tellQuietly(session, Records.write(each)));
        yield done();
      }
      case AUDIT_RECORD -> audit.record((Caller.Machine) caller, (AuditEvent) params);
      case USERS -> parts.database.transact(UserTable::users);
      case USER_SET -> administration.setUser(caller, (UserOrder) params);
      case USER_REMOVE -> administration.removeUser(caller, (Named) params);
      case ROLES -> parts.database.transact(UserTable::roles);
      case ROLE_SET -> administration.setRole(caller, (Role) params);
      case ROLE_REMOVE -> administration.removeRole(caller, (Named) params);
      case TOKENS -> parts.database.transact(TokenTable::all);
      case TOKEN_MAKE -> joining.make(caller, (dev.holdfast.access.Documents.TokenOrder) params);
      case TOKEN_REMOVE -> administration.removeToken(caller, (Named) params);
      case LOCKS -> parts.database.transact(UserTable::locks);
      case LOCK_SET -> administration.setLock(caller, (LockOrder) params);
      case LOCK_REMOVE -> administration.removeLock(caller, (Named) params);
      case LEASE_TAKE,
          LEASES_RENEW,
          LEASES_RELEASE,
          LEASES_DROP,
          LEASES,
          LEASE_LIMITS,
          LEASE_REMOVE ->
          leases.call(caller, method, params);
      case SESSIONS, SESSION_HISTORY, SESSIONS_JOINABLE, SESSION_END ->
          sessions.call(caller, params);
      case AUDIT_SEARCH -> audit.search((AuditQuery) params);
      case AUDIT_FOLLOW -> audit.follow((AuditQuery) params, session);
      case RECORDING_BEGIN,
          RECORDING_PUT,
          RECORDING_PARTS,
          RECORDING_TOUCH,
          RECORDING_COMPLETE,
          RECORDING_LIST,
          RECORDING_SHOW,
          RECORDING_GET,
          RECORDING_HOLD,
          RECORDING_RELEASE,
          RECORDING_DELETE ->
          recordings.call(caller, method, params, session);
    };
  }

  static Done done() {
    return new Done(true);
  }

  private static void tellQuietly(ApiSession session, dev.holdfast.access.Json change) {
    try {
      session.tell("changed", change);
    } catch (IOException e) {
      session.close();
    }
  }

  private Self self(Caller caller) throws IOException {
    List<String> methods = new ArrayList<>();
    for (ApiMethod method : ApiMethod.values()) {
      if (method.isFor(caller)) {
        methods.add(method.method());
      }
    }
    if (!(caller instanceof Caller.Person person)) {
      return new Self(parts.cluster, caller.name(), List.of(), List.of(), methods, "");
    }
    List<String> principals =
        parts.database.transact(tx -> CertificateAuthority.principals(tx, person.who()));
    return new Self(
        parts.cluster,
        person.name(),
        person.who().user().roles(),
        principals,
        methods,
        person.proof() == Caller.Proof.FACTOR_WANTED ? "set" : "");
  }

  private Object certificate(Caller.Person person, CertificateOrder order) throws IOException {
    boolean pin =
        order.pinSource().orElse(false) || person.who().options().pinSource().orElse(false);
    if (pin && person.address().isEmpty()) {
      throw new InvalidRecordException("You come from no address that a certificate can name.");
    }
    return parts.authority.issueForUser(
        person.who(),
        CertificateAuthority.key(order.key()),
        order.time(),
        pin ? Optional.of(networkOf(person.address())) : Optional.empty());
  }

  private static String networkOf(String address) {
    return address + (address.contains(":") ? "/128" : "/32");
  }

  private Object hostCertificate(Caller.Machine caller, HostOrder order) throws IOException {
    NodeRecord machine = caller.machine();
    List<String> own = names(parts.cluster, machine);
    if (!own.containsAll(order.names())) {
      throw new InvalidRecordException(
          "A machine is certified for its own names only: %s.".formatted(String.join(", ", own)));
    }
    return parts.authority.issueForHost(
        CertificateAuthority.key(machine.hostKey()),
        machine.id(),
        order.names().isEmpty() ? own : order.names());
  }

  /** What a machine may call itself; proxies share one name, which no node can have. */
  static List<String> names(String cluster, NodeRecord machine) {
    return machine.kind() == ServiceKind.PROXY
        ? List.of(NodeRecord.PROXY + "." + cluster, machine.id())
        : List.of(machine.name(), machine.id(), machine.name() + "." + cluster);
  }

  private NewFactor newFactor(Caller.Person person) {
    String secret = SecondFactor.newSecret(parts.random);
    return new NewFactor(secret, SecondFactor.uri(parts.cluster, person.name(), secret));
  }

  private Done setFactor(Caller.Person person, Code code, ApiSession session) throws IOException {
    if (!SecondFactor.isSecret(code.secret())) {
      throw new InvalidRecordException("This is not a secret that factor.new gave.");
    }
    Done set =
        parts.trail.change((tx, events) -> {
          if (SecondFactor.isSet(tx, person.name())) {
            throw new InvalidRecordException(
                "You have a second factor; an administrator can remove it.");
          }
          if (!SecondFactor.set(tx, person.name(), code.secret(), code.code())) {
            throw new InvalidRecordException(
                "The code is not the one of now; check the clock of your authenticator.");
          }
          events.add(AuditEvent.of(AuditCode.SECOND_FACTOR_SET, person.name(), "change", "set"));
          return done();
        });
    session.raise(new Caller.Person(person.who(), Caller.Proof.FULL, person.address()));
    return set;
  }

  private List<Listed> nodes(Caller caller, NodeQuery query) throws IOException {
    Optional<LabelSelector> selector =
        query.labels().filter(it -> !it.isEmpty()).map(LabelSelector::parse);
    return parts.database.transact(tx -> {
      List<Listed> listed = new ArrayList<>();
      for (NodeRecord node : MachineTable.all(tx, ServiceKind.NODE)) {
        List<String> logins =
            caller instanceof Caller.Person(RoleSet who, _, _)
                ? List.copyOf(who.logins(node.labels()))
                : List.of();
        boolean visible =
            !logins.isEmpty() || caller.standings().contains(Caller.Standing.ADMINISTRATOR);
        if (visible && selector.filter(it -> !it.matches(node.labels())).isEmpty()) {
          listed.add(new Listed(node, logins));
        }
      }
      return listed;
    });
  }

  /**
   * A machine speaks for itself; a proxy also says that a node lives, but not what it is: labels
   * decide who may log in.
   */
  private Done heartbeat(Caller.Machine caller, Heartbeat beat) throws IOException {
    boolean own = caller.machine().id().equals(beat.id());
    if (!own && caller.machine().kind() != ServiceKind.PROXY) {
      throw new InvalidRecordException("A machine speaks for itself only.");
    }
    Heartbeat counted = own ? beat : seen(beat);
    parts.local.heartbeat(counted);
    return done();
  }

  private Heartbeat seen(Heartbeat beat) throws IOException {
    return parts.database.transact(tx -> {
      NodeRecord node =
          MachineTable.byId(tx, beat.id())
              .orElseThrow(() ->
                  new InvalidRecordException(
                      "There is no machine %s.".formatted(Names.printable(beat.id()))));
      return new Heartbeat(
          beat.id(), node.labels(), node.addresses(), beat.proxies(), beat.version());
    });
  }

  private Object identify(IdentityQuery query) throws IOException {
    byte[] key;
    InetAddress from;
    try {
      key = Base64.getDecoder().decode(query.key());
      from = InetAddress.ofLiteral(query.address());
    } catch (IllegalArgumentException e) {
      throw new InvalidRecordException("The key is base64, the address one of IPv4 or IPv6.");
    }
    return parts.local.identify(key, from);
  }
}

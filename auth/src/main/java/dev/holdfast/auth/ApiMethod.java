package dev.holdfast.auth;

import static dev.holdfast.auth.Caller.Standing.ADMINISTRATOR;
import static dev.holdfast.auth.Caller.Standing.ANYBODY;
import static dev.holdfast.auth.Caller.Standing.AUDITOR;
import static dev.holdfast.auth.Caller.Standing.MACHINE;
import static dev.holdfast.auth.Caller.Standing.NEWCOMER;
import static dev.holdfast.auth.Caller.Standing.PERSON;
import static dev.holdfast.auth.Caller.Standing.PERSON_PROVEN;
import static dev.holdfast.auth.Caller.Standing.PERSON_WITHOUT_FACTOR;
import static dev.holdfast.auth.Caller.Standing.PROXY;

import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.Authority;
import dev.holdfast.access.Decision;
import dev.holdfast.access.Documents.TokenOrder;
import dev.holdfast.access.Heartbeat;
import dev.holdfast.access.Identity;
import dev.holdfast.access.JoinToken;
import dev.holdfast.access.Json;
import dev.holdfast.access.Lease;
import dev.holdfast.access.LeaseAnswer;
import dev.holdfast.access.LeaseOrder;
import dev.holdfast.access.Lock;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.Role;
import dev.holdfast.access.RoleOptions;
import dev.holdfast.access.User;
import dev.holdfast.auth.ApiRecords.CertificateOrder;
import dev.holdfast.auth.ApiRecords.Code;
import dev.holdfast.auth.ApiRecords.DecisionQuery;
import dev.holdfast.auth.ApiRecords.Done;
import dev.holdfast.auth.ApiRecords.HostOrder;
import dev.holdfast.auth.ApiRecords.IdentityQuery;
import dev.holdfast.auth.ApiRecords.Ids;
import dev.holdfast.auth.ApiRecords.JoinOrder;
import dev.holdfast.auth.ApiRecords.Joined;
import dev.holdfast.auth.ApiRecords.LeaseQuery;
import dev.holdfast.auth.ApiRecords.Listed;
import dev.holdfast.auth.ApiRecords.LockOrder;
import dev.holdfast.auth.ApiRecords.MachineQuery;
import dev.holdfast.auth.ApiRecords.MadeToken;
import dev.holdfast.auth.ApiRecords.Named;
import dev.holdfast.auth.ApiRecords.NewFactor;
import dev.holdfast.auth.ApiRecords.NodeQuery;
import dev.holdfast.auth.ApiRecords.None;
import dev.holdfast.auth.ApiRecords.Renewals;
import dev.holdfast.auth.ApiRecords.Renewed;
import dev.holdfast.auth.ApiRecords.Rotation;
import dev.holdfast.auth.ApiRecords.Self;
import dev.holdfast.auth.ApiRecords.TicketKeyQuery;
import dev.holdfast.auth.ApiRecords.TicketKeySet;
import dev.holdfast.auth.ApiRecords.UserOrder;
import dev.holdfast.auth.ApiRecords.Version;
import dev.holdfast.auth.Caller.Standing;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The calls of the API, and who may make them: this is the one table of it. */
public enum ApiMethod {
  VERSION("api.version", None.class, Version.class, ANYBODY),
  SCHEMA("api.schema", None.class, Json.class, ANYBODY),
  SELF("self", None.class, Self.class, ANYBODY),

  CERTIFICATE("certificate.issue", CertificateOrder.class, ApiRecords.Issued.class, PERSON_PROVEN),
  HOST_CERTIFICATE("certificate.host", HostOrder.class, ApiRecords.Issued.class, MACHINE),
  NODE_CERTIFICATE("certificate.node", ApiRecords.NodeOrder.class, ApiRecords.Issued.class, PROXY),
  BRIDGE_CERTIFICATE(
      "certificate.bridge", ApiRecords.BridgeOrder.class, ApiRecords.Issued.class, PROXY),
  AUTHORITIES("authorities.list", None.class, Authority.class, true, ANYBODY),
  ROTATE("authorities.rotate", Rotation.class, Done.class, ADMINISTRATOR),

  FACTOR_NEW("factor.new", None.class, NewFactor.class, PERSON_PROVEN, PERSON_WITHOUT_FACTOR),
  FACTOR_SET("factor.set", Code.class, Done.class, PERSON_PROVEN, PERSON_WITHOUT_FACTOR),
  FACTOR_REMOVE("factor.remove", Named.class, Done.class, ADMINISTRATOR),

  NODES("nodes.list", NodeQuery.class, Listed.class, true, PERSON, ADMINISTRATOR),
  PROXIES("proxies.list", None.class, ApiRecords.ProxyPlace.class, true, PERSON, ADMINISTRATOR),
  LOADS("machines.loads", None.class, ApiRecords.MachineLoad.class, true, ADMINISTRATOR),
  MACHINES("machines.list", MachineQuery.class, NodeRecord.class, true, MACHINE, ADMINISTRATOR),
  MACHINE_REMOVE("machines.remove", Named.class, Done.class, ADMINISTRATOR),
  JOIN("join", JoinOrder.class, Joined.class, NEWCOMER),
  HEARTBEAT("machines.heartbeat", Heartbeat.class, Done.class, MACHINE),

  TICKET_KEYS("tickets.keys", TicketKeyQuery.class, TicketKeySet.class, PROXY),
  TICKET_KEYS_TURN("tickets.turn", None.class, Done.class, ADMINISTRATOR),

  IDENTIFY("access.identify", IdentityQuery.class, Identity.class, MACHINE),
  DECIDE("access.decide", DecisionQuery.class, Decision.class, MACHINE, ADMINISTRATOR),
  NODES_OF("access.nodes", Named.class, NodeRecord.class, true, MACHINE),
  OPTIONS("access.options", Named.class, RoleOptions.class, MACHINE),
  WATCH("changes.watch", None.class, Done.class, MACHINE),
  AUDIT_RECORD("audit.record", AuditEvent.class, Done.class, MACHINE),

  USERS("users.list", None.class, User.class, true, ADMINISTRATOR),
  USER_SET("users.set", UserOrder.class, Done.class, ADMINISTRATOR),
  USER_REMOVE("users.remove", Named.class, Done.class, ADMINISTRATOR),
  ROLES("roles.list", None.class, Role.class, true, ADMINISTRATOR),
  ROLE_SET("roles.set", Role.class, Done.class, ADMINISTRATOR),
  ROLE_REMOVE("roles.remove", Named.class, Done.class, ADMINISTRATOR),
  TOKENS("tokens.list", None.class, JoinToken.class, true, ADMINISTRATOR),
  TOKEN_MAKE("tokens.make", TokenOrder.class, MadeToken.class, ADMINISTRATOR),
  TOKEN_REMOVE("tokens.remove", Named.class, Done.class, ADMINISTRATOR),
  LOCKS("locks.list", None.class, Lock.class, true, ADMINISTRATOR, MACHINE),
  LOCK_SET("locks.set", LockOrder.class, Lock.class, ADMINISTRATOR),
  LOCK_REMOVE("locks.remove", Named.class, Done.class, ADMINISTRATOR),

  LEASE_TAKE("leases.take", LeaseOrder.class, LeaseAnswer.class, MACHINE),
  LEASES_RENEW("leases.renew", Renewals.class, Renewed.class, MACHINE),
  LEASES_RELEASE("leases.release", Ids.class, Done.class, MACHINE),
  LEASES_DROP("leases.drop", Ids.class, Done.class, MACHINE),
  LEASES("leases.list", LeaseQuery.class, Lease.class, true, PERSON, ADMINISTRATOR),
  LEASE_REMOVE("leases.remove", Named.class, Done.class, PERSON, ADMINISTRATOR),

  LEASE_LIMITS(
      "leases.limits", None.class, SessionRecords.LimitUse.class, true, PERSON, ADMINISTRATOR),

  SESSIONS(
      "sessions.list",
      SessionRecords.SessionQuery.class,
      SessionRecords.LiveSession.class,
      true,
      PERSON,
      AUDITOR,
      ADMINISTRATOR),
  SESSION_HISTORY(
      "sessions.history",
      SessionRecords.HistoryQuery.class,
      SessionRecords.Begun.class,
      true,
      PERSON,
      AUDITOR,
      ADMINISTRATOR),
  SESSIONS_JOINABLE(
      "sessions.joinable",
      SessionRecords.JoinQuery.class,
      SessionRecords.JoinableSession.class,
      true,
      PERSON),
  SESSION_END("sessions.end", Named.class, Done.class, PERSON, ADMINISTRATOR),

  AUDIT_SEARCH("audit.search", AuditQuery.class, Json.class, true, AUDITOR),
  AUDIT_FOLLOW("audit.follow", AuditQuery.class, Done.class, AUDITOR),

  RECORDING_BEGIN("recordings.begin", RecordingRecords.Beginning.class, Done.class, MACHINE),
  RECORDING_PUT(
      "recordings.put", RecordingRecords.Chunk.class, RecordingRecords.Taken.class, MACHINE),
  RECORDING_PARTS(
      "recordings.parts",
      Named.class,
      RecordingRecords.Numbers.class,
      MACHINE,
      PERSON,
      AUDITOR,
      ADMINISTRATOR),
  RECORDING_TOUCH("recordings.touch", RecordingRecords.GoingOn.class, Done.class, MACHINE),
  RECORDING_COMPLETE("recordings.complete", Named.class, Done.class, MACHINE),
  RECORDING_LIST(
      "recordings.list",
      RecordingQuery.class,
      Recorded.class,
      true,
      PERSON,
      AUDITOR,
      ADMINISTRATOR),
  RECORDING_SHOW("recordings.show", Named.class, Recorded.class, PERSON, AUDITOR, ADMINISTRATOR),
  RECORDING_GET(
      "recordings.get",
      RecordingRecords.Wanted.class,
      RecordingRecords.Chunk.class,
      PERSON,
      AUDITOR,
      ADMINISTRATOR),
  RECORDING_HOLD("recordings.hold", RecordingRecords.Hold.class, Done.class, ADMINISTRATOR),
  RECORDING_RELEASE("recordings.release", Named.class, Done.class, ADMINISTRATOR),
  RECORDING_DELETE("recordings.delete", Named.class, Done.class, ADMINISTRATOR);

  /** The version of the API; what is added does not change it, what is taken away does. */
  public static final int API_VERSION = 1;

  private final String method;
  private final Class<? extends Record> params;
  private final Class<?> result;
  private final boolean list;

  // Nobody changes it.
  @SuppressWarnings("ImmutableEnumChecker")
  private final Set<Standing> who;

  ApiMethod(
      String method,
      Class<? extends Record> params,
      Class<?> result,
      Standing one,
      Standing... more) {
    this(method, params, result, false, one, more);
  }

  ApiMethod(
      String method,
      Class<? extends Record> params,
      Class<?> result,
      boolean list,
      Standing one,
      Standing... more) {
    this.method = method;
    this.params = params;
    this.result = result;
    this.list = list;
    this.who = EnumSet.of(one, more);
  }

  /** Its name in a request. */
  public String method() {
    return method;
  }

  Class<? extends Record> params() {
    return params;
  }

  /** What comes back, or of what a list does. */
  Class<?> result() {
    return result;
  }

  boolean isList() {
    return list;
  }

  Set<Standing> who() {
    return EnumSet.copyOf(who);
  }

  boolean isFor(Caller caller) {
    return caller.standings().stream().anyMatch(who::contains);
  }

  static Optional<ApiMethod> named(String method) {
    for (ApiMethod one : values()) {
      if (one.method.equals(method)) {
        return Optional.of(one);
      }
    }
    return Optional.empty();
  }
}

package dev.holdfast.node;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.AuditSink;
import dev.holdfast.link.GateEvent;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.LoginWatch;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The audit events of connections: who logs in to a node, what he forwards, when he loses his link
 * and comes back, when he goes. Strangers who are not let in are in the node's log only: they could
 * fill the audit events. Thread-safe.
 */
public final class ConnectionTrail implements LoginWatch {
  /** Connections that are known by their logins; of more nothing is told but the log-in. */
  static final int MOST_KNOWN = 1_000_000;

  private final LoginWatch others;
  private final AuditSink sink;
  private final Function<Login, String> user;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  private record Known(String user, String login) {}

  /**
   * The events of what is told to {@code others}, too.
   *
   * @param user of the cluster; empty if the login is none's
   */
  public ConnectionTrail(LoginWatch others, AuditSink sink, Function<Login, String> user) {
    this.others = others;
    this.sink = sink;
    this.user = user;
  }

  @Override
  public void loggedIn(Login login) {
    others.loggedIn(login);
    Known who = new Known(user.apply(login), login.user());
    if (known.size() < MOST_KNOWN) {
      known.put(login.connection(), who);
    }
    tell(AuditCode.CONNECTED, login.connection(), who, "from", SessionTrail.address(login.from()));
  }

  @Override
  public void refused(Refusal refusal) {
    others.refused(refusal);
  }

  @Override
  public void forwarding(Login login, Forward forward) {
    others.forwarding(login, forward);
    AuditCode code =
        forward.remote()
            ? forward.permitted() ? AuditCode.LISTENING : AuditCode.LISTEN_REFUSED
            : forward.permitted() ? AuditCode.FORWARDED : AuditCode.FORWARD_REFUSED;
    Known who = new Known(user.apply(login), login.user());
    tell(code, login.connection(), who, "where", forward.where());
  }

  /** Takes note of what happened at the node's gate. */
  public void take(GateEvent event) {
    switch (event) {
      case GateEvent.Detached it ->
          told(
              AuditCode.STREAM_DETACHED,
              it.stream(),
              "from",
              SessionTrail.address(it.client()),
              "reason",
              it.why());
      case GateEvent.Resumed it ->
          told(
              AuditCode.STREAM_RESUMED,
              it.stream(),
              "from",
              SessionTrail.address(it.client()),
              "before",
              SessionTrail.address(it.before()),
              "seconds",
              seconds(it.away()));
      case GateEvent.Ended it -> ended(it.stream(), it.up(), it.down(), it.lasted());
      case GateEvent.Left it -> ended(it.stream(), it.up(), it.down(), it.lasted());
      case GateEvent.Listening _,
          GateEvent.Joined _,
          GateEvent.Opened _,
          GateEvent.Passed _,
          GateEvent.Refused _,
          GateEvent.Unreachable _,
          GateEvent.Fault _ -> {}
    }
  }

  private void ended(String stream, long up, long down, Duration lasted) {
    told(
        AuditCode.DISCONNECTED,
        stream,
        "bytes_up",
        up,
        "bytes_down",
        down,
        "seconds",
        seconds(lasted));
    known.remove(stream);
  }

  /** Tells of a connection on which somebody is logged in. */
  private void told(AuditCode code, String stream, Object... more) {
    Known who = known.get(stream);
    if (who != null) {
      tell(code, stream, who, more);
    }
  }

  private void tell(AuditCode code, String connection, Known who, Object... more) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("connection", connection);
    fields.put("login", who.login());
    for (int i = 0; i + 1 < more.length; i += 2) {
      fields.put(more[i].toString(), more[i + 1]);
    }
    sink.after(new AuditEvent(code, who.user(), fields));
  }

  private static String seconds(Duration time) {
    return "" + time.toMillis() / 1e3;
  }
}

package dev.holdfast.cli;

import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.AuditSink;
import dev.holdfast.auth.AuditQueue;
import dev.holdfast.auth.AuthorityCheck;
import dev.holdfast.auth.Membership;
import dev.holdfast.link.GateEvent;
import dev.holdfast.node.AuditedSessions;
import dev.holdfast.node.ConnectionTrail;
import dev.holdfast.node.Counting;
import dev.holdfast.node.RecordedSessions;
import dev.holdfast.node.Recorder;
import dev.holdfast.node.RunningSessions;
import dev.holdfast.proxy.RecordingOffice;
import dev.holdfast.recording.ListedParts;
import dev.holdfast.recording.Signer;
import dev.holdfast.ssh.Entrances;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.LoginWatch;
import dev.holdfast.ssh.Sessions;
import dev.holdfast.ssh.SshPublicKey;
import dev.holdfast.ssh.TrustedAuthorities;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy of a cluster records with: the same recorder, audit events and counting that a node
 * has, for the nodes behind it. Thread-safe.
 */
final class ProxyOffice implements RecordingOffice, Closeable {
  /** Of the state directory: audit events that wait for the auth service. */
  private static final String AUDIT_DIRECTORY = "audit";

  private final Membership membership;
  private final Path state;
  private final Supplier<Membership.Places> places;
  private final RecordingConfiguration configuration;
  private final Recorder recorder;
  private final AuditQueue audit;
  private final Map<String, ConnectionTrail> trails = new ConcurrentHashMap<>();
  private final RunningSessions running = new RunningSessions();
  private volatile @Nullable Counting counting;

  private ProxyOffice(
      Membership membership, ProxyConfiguration proxy, Recorder recorder, AuditQueue audit) {
    this.membership = membership;
    state = proxy.state();
    places = proxy::places;
    configuration = proxy.recording();
    this.recorder = recorder;
    this.audit = audit;
  }

  /** Opens that of a member; recordings are signed by the key of the machine. */
  static ProxyOffice open(Membership membership, ProxyConfiguration proxy) throws IOException {
    AuditQueue audit =
        AuditQueue.open(membership.cluster()::record, proxy.state().resolve(AUDIT_DIRECTORY));
    try {
      Recorder recorder =
          Recorder.open(
              proxy.state(),
              proxy.recording().spool(),
              membership.name(),
              Signer.of(proxy.machineKey()),
              new ListedParts(membership.parts()));
      ProxyOffice office = new ProxyOffice(membership, proxy, recorder, audit);
      membership.watch(office.running::take);
      return office;
    } catch (IOException | RuntimeException e) {
      audit.close();
      throw e;
    }
  }

  // ---- certificates ----

  @Override
  public String certifyNode(String node, SshPublicKey key) throws IOException {
    return membership.certifyNode(node, key);
  }

  @Override
  public String certifyLogin(Errand errand, SshPublicKey key) throws IOException {
    return membership.certifyBridge(errand.node(), key, errand.from(), errand.signed());
  }

  @Override
  public NodeCheck check(String node) {
    AuthorityCheck check = membership.nodeCheck(node);
    return new NodeCheck() {
      @Override
      public boolean accepts(PublicKey key) {
        return check.accepts(key);
      }

      // Whatever it has, so that it can be said what is missing.
      @Override
      public List<String> ordered(List<String> algorithms) {
        List<String> certificates = check.ordered(algorithms);
        List<String> all = new ArrayList<>(certificates);
        algorithms.stream().filter(one -> !certificates.contains(one)).forEach(all::add);
        return all;
      }

      @Override
      public Optional<String> why() {
        return check.why();
      }
    };
  }

  @Override
  public TrustedAuthorities authorities() {
    return membership.userAuthorities();
  }

  @Override
  public List<String> places() {
    return places.get().addresses();
  }

  // ---- what is kept ----

  @Override
  public Entrances counted(Entrances entrances) {
    try {
      Counting started =
          Counting.start(
              entrances,
              membership.cluster(),
              new Counting.Place(membership.id(), state, reason -> {}));
      counting = started;
      membership.watch(change -> started.look());
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Sessions recorded(Sessions sessions, String node) {
    return new AuditedSessions(
        new RecordedSessions(
            sessions,
            recorder,
            configuration::policy,
            new RecordedSessions.Where(node, membership.name())),
        sink(node),
        ProxyOffice::user,
        running);
  }

  @Override
  public LoginWatch watched(LoginWatch others, String node) {
    return trails.computeIfAbsent(
        node, name -> new ConnectionTrail(others, sink(name), ProxyOffice::user));
  }

  private static String user(Login login) {
    return login.terms().user();
  }

  private AuditSink sink(String node) {
    Counting started = counting;
    return new NodeSink(started == null ? audit : started.marked(audit), node);
  }

  /** Events of which each says on which node it happened. */
  private record NodeSink(AuditSink sink, String node) implements AuditSink {
    @Override
    public void before(AuditEvent event) throws IOException {
      sink.before(placed(event));
    }

    @Override
    public void after(AuditEvent event) {
      sink.after(placed(event));
    }

    private AuditEvent placed(AuditEvent event) {
      Map<String, Object> fields = new LinkedHashMap<>(event.fields());
      fields.put("server_name", node);
      return new AuditEvent(event.code(), event.user(), fields);
    }
  }

  @Override
  public void happened(GateEvent event) {
    trails.values().forEach(trail -> trail.take(event));
    Counting started = counting;
    if (started != null && event instanceof GateEvent.Detached it) {
      started.detached(it.stream(), true);
    } else if (started != null && event instanceof GateEvent.Resumed it) {
      started.detached(it.stream(), false);
    }
  }

  /** Recordings that are being made. */
  int living() {
    return recorder.living();
  }

  @Override
  public void close() {
    Counting started = counting;
    if (started != null) {
      started.close();
    }
    recorder.close();
    audit.close();
  }
}

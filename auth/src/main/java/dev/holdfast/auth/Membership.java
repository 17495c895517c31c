package dev.holdfast.auth;

import dev.holdfast.access.AuditEvent;
import dev.holdfast.access.Authority;
import dev.holdfast.access.Change;
import dev.holdfast.access.Cluster;
import dev.holdfast.access.Heartbeat;
import dev.holdfast.access.Labels;
import dev.holdfast.access.Load;
import dev.holdfast.access.ServiceKind;
import dev.holdfast.auth.ApiRecords.BridgeOrder;
import dev.holdfast.auth.ApiRecords.Issued;
import dev.holdfast.auth.ApiRecords.NodeOrder;
import dev.holdfast.auth.ApiRecords.TicketKeySet;
import dev.holdfast.link.Destination;
import dev.holdfast.recording.PartStore;
import dev.holdfast.ssh.HostKeyCheck;
import dev.holdfast.ssh.SignedLogin;
import dev.holdfast.ssh.SshPublicKey;
import dev.holdfast.ssh.TrustedAuthorities;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One machine's part in a cluster: whom it asks, which authorities it believes, and the certificate
 * of its host key, which is there anew in time. What it knew last is kept in a file, so that it
 * begins to work while nobody can be asked. Thread-safe.
 */
public final class Membership implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Membership.class);

  private final Cluster cluster;
  private final PartStore parts;
  private final Provision provision;
  private final @Nullable Path file;
  private final AutoCloseable end;
  private final Labels labels;
  private final String version;
  private final Known enrolment;
  private final List<Consumer<Change>> watchers = new CopyOnWriteArrayList<>();
  private volatile Supplier<Optional<Load>> load = Optional::empty;
  private volatile Runnable onAuthorities = () -> {};
  private volatile Consumer<String> certified = line -> {};
  private volatile Supplier<Places> places = () -> new Places(List.of(), List.of());
  private volatile List<String> proxies = List.of();
  private @Nullable Pulse pulse;
  private @Nullable AutoCloseable watch;

  Membership(
      Cluster cluster,
      Provision provision,
      Known enrolment,
      Settings settings,
      @Nullable Path file,
      PartStore parts,
      AutoCloseable end) {
    this.parts = parts;
    this.cluster = cluster;
    this.provision = provision;
    this.enrolment = enrolment;
    this.file = file;
    this.end = end;
    labels = settings.labels();
    version = settings.version();
  }

  /** What is known of the cluster now. Thread-safe. */
  static final class Known {
    private volatile Enrolment now;

    Known(Enrolment first) {
      now = first;
    }

    Enrolment get() {
      return now;
    }

    private void set(Enrolment next) {
      now = next;
    }
  }

  /**
   * A machine that is a member or wants to be.
   *
   * @param key that it is known by
   * @param state directory of what it keeps
   * @param labels that it says of itself; those of its token win
   * @param version of the program
   */
  public record Settings(
      ServiceKind kind, String name, KeyPair key, Path state, Labels labels, String version) {}

  /**
   * How to come to the auth services.
   *
   * @param services where they are
   * @param tokens to join with, of which that of the right kind is used once
   * @param pin the fingerprint of the host authority, in place of the token's
   */
  public record Entry(List<Destination> services, List<String> tokens, Optional<String> pin) {
    public Entry {
      services = List.copyOf(services);
      tokens = List.copyOf(tokens);
    }

    /** Tokens are not for logs. */
    @Override
    public String toString() {
      return "Entry[services=" + services + "]";
    }
  }

  /** Opens the membership of a machine: at its first start it joins, then it is known. */
  public static Membership open(Settings settings, Entry entry) throws IOException {
    Files.createDirectories(
        settings.state(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Path file = settings.state().resolve(Enrolment.FILE);
    Enrolment enrolment = FirstStart.enrolment(settings, entry, file);
    return remote(settings, entry, enrolment, file);
  }

  private static Membership remote(Settings settings, Entry entry, Enrolment enrolment, Path file) {
    Known known = new Known(enrolment);
    AuthDialer dialer =
        new AuthDialer(
            entry.services(),
            settings.key(),
            fingerprint -> known.get().believes(Authority.Kind.HOST, fingerprint));
    RemoteCluster cluster = new RemoteCluster(dialer);
    RemoteParts parts = new RemoteParts(dialer);
    return new Membership(
        cluster,
        Provision.of(cluster),
        known,
        settings,
        file,
        parts,
        () -> {
          parts.close();
          cluster.close();
          dialer.close();
        });
  }

  // ---- what is known ----

  /** Whom it asks. */
  public Cluster cluster() {
    return cluster;
  }

  /** Keeps an audit event of this machine's. */
  public void record(AuditEvent event) throws IOException {
    cluster.record(AuditCalls.of(event, id(), name()));
  }

  /** The cluster's name. */
  public String clusterName() {
    return enrolment.get().cluster();
  }

  /** The machine's name. */
  public String name() {
    return enrolment.get().name();
  }

  /** The machine's id. */
  public String id() {
    return enrolment.get().id();
  }

  /** How it gets on with its cluster. */
  public synchronized Health health() {
    return pulse == null ? Health.STARTING : pulse.health();
  }

  /** The authorities of users that are believed now. */
  public TrustedAuthorities userAuthorities() {
    Set<SshPublicKey> keys =
        enrolment.get().authorities().stream()
            .filter(one -> one.kind() == Authority.Kind.USER)
            .limit(TrustedAuthorities.MOST)
            .map(one -> CertificateAuthority.key(one.key()))
            .collect(Collectors.toSet());
    return new TrustedAuthorities(keys);
  }

  /** Knows the cluster's proxies. */
  public HostKeyCheck proxyCheck() {
    return new ProxyCheck(this);
  }

  /**
   * Where the cluster's proxies say that they are, HOST:PORT; those of before if nobody answers.
   */
  public List<String> proxies() {
    try {
      proxies =
          cluster.machines(ServiceKind.PROXY).stream()
              .flatMap(proxy -> proxy.addresses().stream())
              .distinct()
              .toList();
    } catch (IOException e) {
      log.debug("the proxies are not known anew: {}", e.getMessage());
    }
    return proxies;
  }

  /** The authorities of that kind that are believed now. */
  public List<Authority> authorities(Authority.Kind kind) {
    return enrolment.get().authorities().stream().filter(one -> one.kind() == kind).toList();
  }

  /** Whether the authority with that fingerprint is believed now. */
  public boolean believes(Authority.Kind kind, String fingerprint) {
    return enrolment.get().believes(kind, fingerprint);
  }

  // ---- life ----

  /**
   * Begins to say that the machine lives, and to keep what is known up to date.
   *
   * @param where it is reached, asked for each heartbeat
   * @param onCertificate is given each certificate of the host key, from the one of before on
   */
  public synchronized void live(Supplier<Places> where, Consumer<String> onCertificate)
      throws IOException {
    places = where;
    certified = onCertificate;
    String kept = enrolment.get().certificate();
    if (!kept.isEmpty()) {
      onCertificate.accept(kept);
    }
    if (watch == null) {
      watch = cluster.watch(this::tell);
    }
    if (pulse == null) {
      pulse = Pulse.start(this);
    }
  }

  /** Where recordings of a node's sessions go. */
  public PartStore parts() {
    return parts;
  }

  /** Has each heartbeat say what the machine has to do. */
  public void tellLoad(Supplier<Load> now) {
    load = () -> Optional.of(now.get());
  }

  /** Has {@code task} run now, and whenever other authorities are believed. */
  public void onAuthorities(Runnable task) {
    onAuthorities = task;
    task.run();
  }

  /** Says no more that the machine lives; watchers go on. */
  public synchronized void rest() {
    if (pulse != null) {
      pulse.close();
      pulse = null;
    }
  }

  /** Tells {@code watcher} of changes of the cluster, on a thread that may wait. */
  public void watch(Consumer<Change> watcher) {
    watchers.add(watcher);
  }

  /**
   * Where a machine is reached.
   *
   * @param addresses where it is dialled directly, host:port
   * @param proxies names of those that it holds a tunnel to
   */
  public record Places(List<String> addresses, List<String> proxies) {}

  /** Something has changed. */
  void tell(Change change) {
    if (change instanceof Change.AuthoritiesChanged || change instanceof Change.Missed) {
      renewSoon();
    }
    watchers.forEach(watcher -> watcher.accept(change));
  }

  private synchronized void renewSoon() {
    if (pulse != null) {
      pulse.renewSoon();
    }
  }

  /** Says that the machine lives. */
  public void beat() throws IOException {
    Places where = places.get();
    cluster.heartbeat(
        new Heartbeat(id(), labels, where.addresses(), where.proxies(), version, load.get()));
  }

  /** Learns which authorities are believed now; true if they are others. */
  boolean learn() throws IOException {
    List<Authority> now = cluster.authorities();
    if (now.equals(enrolment.get().authorities())) {
      return false;
    }
    keep(enrolment.get().with(now));
    onAuthorities.run();
    return true;
  }

  /** Has the host key certified anew. */
  Issued certify() throws IOException {
    Issued issued = provision.certify();
    keep(enrolment.get().with(issued.certificate()));
    certified.accept(issued.certificate());
    return issued;
  }

  /** Certifies a key of this proxy's for the names of a node; a line as in a file. */
  public String certifyNode(String node, SshPublicKey key) throws IOException {
    return provision.certifyNode(new NodeOrder(node, key.line())).certificate();
  }

  /**
   * Certifies a key of this proxy's for the login of a user to a node; a line as in a file.
   *
   * @param signed what he signed to log in here for that
   */
  public String certifyBridge(String node, SshPublicKey key, InetAddress from, SignedLogin signed)
      throws IOException {
    Base64.Encoder encoder = Base64.getEncoder();
    return provision
        .certifyBridge(
            new BridgeOrder(
                node,
                key.line(),
                from.getHostAddress().replaceFirst("%.*", ""),
                encoder.encodeToString(signed.data()),
                encoder.encodeToString(signed.signature())))
        .certificate();
  }

  /** Knows a node of the cluster by its certificate. */
  public AuthorityCheck nodeCheck(String node) {
    return AuthorityCheck.ofNode(
        clusterName(), node, fingerprint -> believes(Authority.Kind.HOST, fingerprint));
  }

  /** The keys of tickets, anew. */
  TicketKeySet ticketKeys(Duration renewable) throws IOException {
    return provision.ticketKeys(renewable);
  }

  private synchronized void keep(Enrolment next) throws IOException {
    enrolment.set(next);
    if (file != null) {
      next.save(file);
    }
  }

  @Override
  public void close() {
    rest();
    AutoCloseable watching;
    synchronized (this) {
      watching = watch;
    }
    try {
      if (watching != null) {
        watching.close();
      }
      end.close();
    } catch (Exception e) {
      log.debug("the connection to the cluster ends: {}", e.getMessage());
    }
  }
}

package dev.holdfast.auth;

import dev.holdfast.access.Change;
import dev.holdfast.access.Cluster;
import dev.holdfast.access.InvalidRecordException;
import dev.holdfast.access.LeaseTime;
import dev.holdfast.access.Lock;
import dev.holdfast.access.NodeRecord;
import dev.holdfast.access.Role;
import dev.holdfast.access.RoleSet;
import dev.holdfast.access.User;
import dev.holdfast.auth.ApiRecords.Issued;
import dev.holdfast.auth.ApiRecords.TicketKeySet;
import dev.holdfast.link.Duplex;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.SshKeys;
import dev.holdfast.ssh.SshPublicKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The service that keeps what lasts: store, authorities, audit events, and the API by which all of
 * it is used, over SSH and, for root of this machine, over a socket. Thread-safe.
 */
public final class AuthService implements AutoCloseable {
  private final Database database;
  private final Feed feed;
  private final LocalCluster local;
  private final ApiServer server;
  private final Recordings recordings;
  private final RecordingStore store;
  private final Leading leading;
  private final AutoCloseable watch;
  private final ApiCalls.Parts calls;
  private final Joining joining;
  private final @Nullable ProviderLogin provider;

  private AuthService(
      Database database,
      Feed feed,
      LocalCluster local,
      ApiServer server,
      Recordings recordings,
      RecordingStore store,
      Leading leading,
      ApiCalls.Parts calls,
      @Nullable ProviderLogin provider) {
    this.provider = provider;
    this.recordings = recordings;
    this.store = store;
    this.leading = leading;
    this.calls = calls;
    joining = new Joining(calls);
    this.database = database;
    this.feed = feed;
    this.local = local;
    this.server = server;
    watch = feed.watch(this::changed);
  }

  /**
   * How a service is set up.
   *
   * @param cluster the cluster's name, which is part of hosts' names
   * @param state directory of the service's host key, the authorities' keys and its socket
   * @param store {@code sqlite:FILE} or {@code postgresql://…}
   * @param audit where audit events go besides
   * @param recordings how those are kept
   * @param names that the service is dialled by, beside {@code auth.CLUSTER}
   * @param version of the program
   * @param leaseTime of leases that are taken from now on
   * @param oidc the identity provider by which users may log in; null if there is none
   * @param token on which the authorities' keys are; null if they are in files
   */
  public record Settings(
      String cluster,
      Path state,
      String store,
      List<AuditLines> audit,
      RecordingSettings recordings,
      List<String> names,
      String version,
      LeaseTime leaseTime,
      @Nullable OidcSettings oidc,
      @Nullable TokenSettings token) {
    public Settings {
      audit = List.copyOf(audit);
      names = List.copyOf(names);
    }

    /** By toString nobody learns a password in the store's URL. */
    @Override
    public String toString() {
      return "Settings[cluster=" + cluster + ", state=" + state + "]";
    }
  }

  /** The name of the socket in the state directory. */
  public static final String SOCKET = "admin.sock";

  /** Opens the store and makes what a new cluster lacks; does all that a service does. */
  public static AuthService open(Settings settings) throws IOException {
    AuthService service = prepare(settings);
    try {
      service.leading.begin(Duration.ZERO);
      return service;
    } catch (IOException | RuntimeException e) {
      service.close();
      throw e;
    }
  }

  /**
   * One that answers who is led to it, beside another process of the same service, until it is to
   * {@link #lead}.
   */
  public static AuthService prepare(Settings settings) throws IOException {
    Files.createDirectories(
        settings.state(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    refuseOpen(settings.state());
    if (settings.store().startsWith(Database.SQLITE)) {
      SqliteLibrary.keepIn(settings.state());
    }
    Database database = Database.open(settings.store());
    try {
      return open(settings, database);
    } catch (IOException | RuntimeException e) {
      database.close();
      throw e;
    }
  }

  private static void refuseOpen(Path state) throws IOException {
    String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(state));
    if (!permissions.endsWith("------")) {
      throw new IOException(
          "The directory %s may be entered by others (%s), and the authorities' keys are in it: chmod 700 %s"
              .formatted(state, permissions, state));
    }
  }

  private static AuthService open(Settings settings, Database database) throws IOException {
    AuditTrail trail = new AuditTrail(database, settings.audit());
    RecordingStore store = store(settings);
    Recordings recordings = new Recordings(database, trail, store);
    try {
      return open(settings, database, trail, recordings, store);
    } catch (IOException | RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /** The store of recordings; whether it answers shows when it is needed. */
  private static RecordingStore store(Settings settings) throws IOException {
    String url = settings.recordings().store();
    return url == null
        ? new StoreUrl.Directory(settings.state().resolve("recordings")).open()
        : StoreUrl.parse(url).open();
  }

  private static AuthService open(
      Settings settings,
      Database database,
      AuditTrail trail,
      Recordings recordings,
      RecordingStore store)
      throws IOException {
    TokenSettings token = settings.token();
    AuthorityKeys keys =
        AuthorityKeys.open(
            settings.state().resolve("authorities"), token == null ? null : KeyToken.open(token));
    CertificateAuthority authority = CertificateAuthority.open(database, trail, keys);
    Presets.ensure(trail);
    Feed feed = Feed.start(database);
    try {
      LeaseTime time = settings.leaseTime();
      LeaseBook leases = new LeaseBook(database, trail, time, System::nanoTime);
      LocalCluster local = new LocalCluster(database, trail, feed, leases);
      SecureRandom random = new SecureRandom();
      ApiCalls.Parts parts =
          new ApiCalls.Parts(
              settings.cluster(),
              settings.version(),
              database,
              trail,
              authority,
              local,
              leases,
              new TicketKeyBook(database, trail, authority, feed, random),
              feed,
              random,
              recordings);
      ApiCalls calls = new ApiCalls(parts);
      OidcSettings oidc = settings.oidc();
      ProviderLogin provider = oidc == null ? null : ProviderLogin.of(oidc, trail, feed);
      ApiServer server =
          ApiServer.start(
              settings, authority, new AuthAdmissions(database, trail, provider), calls, trail);
      Leading leading =
          new Leading(
              List.of(
                  () -> LeaseSweeper.start(leases, time)::close,
                  () ->
                      new RecordingKeeper(
                                  database,
                                  trail,
                                  recordings,
                                  settings.recordings().retention(),
                                  RecordingKeeper.Times.USUAL)
                              .start()
                          ::close,
                  () ->
                      new SessionSweeper(database, trail, SessionSweeper.Times.USUAL).start()
                          ::close),
              patience -> HostSocket.open(settings.state().resolve(SOCKET), calls, patience));
      return new AuthService(
          database, feed, local, server, recordings, store, leading, parts, provider);
    } catch (IOException | RuntimeException e) {
      feed.close();
      throw e;
    }
  }

  /** The cluster, for services in this process. */
  public Cluster cluster() {
    return local;
  }

  /**
   * The membership of a service in this process, which needs no token: it has the rights to make
   * one.
   */
  public Membership enrol(Membership.Settings settings) throws IOException {
    SshPublicKey key = SshKeys.wire(settings.key().getPublic());
    NodeRecord machine;
    try {
      machine = joining.enrol(settings, key);
    } catch (InvalidRecordException e) {
      throw new IOException(e.sentence(), e);
    }
    Enrolment enrolment =
        new Enrolment(
            calls.cluster(),
            machine.kind(),
            machine.name(),
            machine.id(),
            key.fingerprint(),
            "",
            local.authorities());
    LocalParts parts = new LocalParts(recordings, machine);
    return new Membership(
        local,
        provision(key, machine),
        new Membership.Known(enrolment),
        settings,
        null,
        parts,
        parts);
  }

  /**
   * Makes a user with a role of his own and certifies his key, for who has the service in his own
   * process.
   *
   * @param user with the key that is certified
   * @return the certificate, as a line of a file
   */
  public String welcome(User user, Role role) throws IOException {
    Administration administration = new Administration(calls);
    administration.setRole(new Caller.Host(), role);
    administration.setUser(new Caller.Host(), new ApiRecords.UserOrder(user, true));
    RoleSet who = database.transact(tx -> UserTable.roleSet(tx, user));
    SshPublicKey key = CertificateAuthority.key(user.keys().getFirst());
    return calls
        .authority()
        .issueForUser(who, key, Optional.empty(), Optional.empty())
        .certificate();
  }

  private Provision provision(SshPublicKey key, NodeRecord machine) {
    return new Provision() {
      @Override
      public Issued certify() throws IOException {
        List<String> names = ApiCalls.names(calls.cluster(), machine);
        return calls.authority().issueForHost(key, machine.id(), names);
      }

      @Override
      public TicketKeySet ticketKeys(Duration renewable) throws IOException {
        return calls.tickets().hand(machine, renewable);
      }

      @Override
      public Issued certifyNode(ApiRecords.NodeOrder order) throws IOException {
        return said(() -> calls.bridges().forNode(machine, order));
      }

      @Override
      public Issued certifyBridge(ApiRecords.BridgeOrder order) throws IOException {
        return said(() -> calls.bridges().forUser(machine, order));
      }
    };
  }

  private interface Issue {
    Issued issue() throws IOException;
  }

  private static Issued said(Issue issue) throws IOException {
    try {
      return issue.issue();
    } catch (InvalidRecordException e) {
      throw new IOException(e.sentence(), e);
    }
  }

  // ---- processes before and after it ----

  /** For a machine that is removed to hear so. */
  private static final Duration LAST_WORD = Duration.ofMillis(300);

  /** For the process that had the service to let go of its socket. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Does what one process of this machine does alone: it has the socket, and tidies up. */
  public void lead() throws IOException {
    server.goOn();
    leading.begin(PATIENCE);
  }

  /**
   * Another process leads from now on. Calls that are being answered get their answer, and who
   * watches is sent there; services in this process are served until this is closed.
   */
  public void rest() {
    leading.end();
    server.finish();
  }

  /** Whether nobody talks to it any more; services in this process do not count. */
  public boolean isEmpty() {
    return server.connections() == 0 && leading.isEmpty();
  }

  /** Speaks SSH on a stream. */
  public void accept(Duplex stream, String connection) throws IOException {
    server.accept(stream, connection);
  }

  /** SSH connections that have not ended. */
  public int connections() {
    return server.connections();
  }

  /** Ends what may not go on, and shows a new certificate where authorities are others. */
  private void changed(Change change) {
    switch (change) {
      case Change.Locked(Lock lock) -> server.end(hitBy(lock), lock.sentence());
      case Change.NodeRemoved(String id, String _) -> endSoon(id);
      case Change.AuthoritiesChanged() -> server.certifyAnew();
      case Change.TicketKeysChanged() -> {}
      case Change.SessionEnding ending -> {}
      case Change.UserChanged user -> {}
      case Change.Unlocked unlocked -> {}
      case Change.Missed missed -> {}
    }
  }

  /**
   * A machine that is removed hears it where it watches, and can tell its users, before it goes.
   */
  private void endSoon(String machine) {
    Thread.ofVirtual()
        .name("holdfast-removal")
        .start(() -> {
          try {
            Thread.sleep(LAST_WORD);
          } catch (InterruptedException e) {
            // Then at once.
          }
          server.end(
              login -> login.guest() instanceof Caller.Machine(var it) && it.id().equals(machine),
              "This machine was removed from the cluster.");
        });
  }

  private static Predicate<Login> hitBy(Lock lock) {
    return login ->
        switch (login.guest()) {
          case Caller.Person person -> lock.hits(person.who().user());
          case Caller.Machine(var machine) -> lock.hits(machine);
          case null, default -> false;
        };
  }

  @Override
  public void close() {
    try {
      watch.close();
    } catch (Exception e) {
      throw new IllegalStateException("a watch that does not end", e);
    }
    leading.close();
    server.close();
    if (provider != null) {
      provider.close();
    }
    store.close();
    feed.close();
    database.close();
  }
}

package dev.holdfast.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.holdfast.access.AuditCode;
import dev.holdfast.access.AuditEvent;
import dev.holdfast.link.Duplex;
import dev.holdfast.link.WholeFile;
import dev.holdfast.ssh.Admissions;
import dev.holdfast.ssh.HostKeyFiles;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.LoginWatch;
import dev.holdfast.ssh.Program;
import dev.holdfast.ssh.ServerEngine;
import dev.holdfast.ssh.ServerOption;
import dev.holdfast.ssh.ServerSettings;
import dev.holdfast.ssh.SessionRequest;
import dev.holdfast.ssh.Sessions;
import dev.holdfast.ssh.SettingsException;
import dev.holdfast.ssh.SshKeys;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API over SSH: the subsystem {@code holdfast-api}, and nothing else. Its host key is certified
 * by the cluster's own authority, by which those who join recognise it. Thread-safe.
 */
final class ApiServer implements AutoCloseable {
  /** The name of the subsystem. */
  static final String SUBSYSTEM = "holdfast-api";

  /** Before a host certificate ends a new one is shown. */
  static final Duration RENEW = CertificateAuthority.HOST_TIME.dividedBy(3);

  /** Refusals that are being written at the same time; more than these are only logged. */
  private static final int MOST_REFUSALS = 64;

  /** Newcomers within {@link #NEWCOMER}. */
  static final int MOST_NEWCOMERS = 256;

  /** How long somebody may stay who only wants to join. */
  private static final Duration NEWCOMER = Duration.ofMinutes(1);

  /** For a person to come to his end where another process has the port. */
  static final Duration LINGER = Duration.ofMinutes(1);

  /** For who has logged in to say what he wants. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  /** For the last calls to be answered. */
  private static final Duration LAST_CALL = Duration.ofSeconds(30);

  private static final long TURN_MILLIS = 50;

  private static final Logger log = LoggerFactory.getLogger(ApiServer.class);

  private final AuthService.Settings settings;
  private final CertificateAuthority authority;
  private final Admissions admissions;
  private final ApiCalls calls;
  private final AuditTrail trail;
  private final KeyPair hostKey;
  private final Path certificate;
  private final Thread renewal;
  private final Semaphore refusals = new Semaphore(MOST_REFUSALS);
  private final Semaphore newcomers = new Semaphore(MOST_NEWCOMERS);

  private final Set<ApiSession> sessions = ConcurrentHashMap.newKeySet();

  /** How often the port went to another process or came back. */
  private final AtomicInteger rounds = new AtomicInteger();

  /** The one for new connections is the last. Guarded by itself. */
  private final List<ServerEngine> engines = new ArrayList<>();

  private ApiServer(
      AuthService.Settings settings,
      CertificateAuthority authority,
      Admissions admissions,
      ApiCalls calls,
      AuditTrail trail)
      throws IOException {
    this.settings = settings;
    this.authority = authority;
    this.admissions = admissions;
    this.calls = calls;
    this.trail = trail;
    Path key = settings.state().resolve("ssh_host_ed25519_key");
    hostKey = HostKeyFiles.loadOrMakeEd25519(key);
    certificate = key.resolveSibling(key.getFileName() + "-cert.pub");
    renewal = Thread.ofVirtual().name("holdfast-certificate").unstarted(this::renew);
  }

  static ApiServer start(
      AuthService.Settings settings,
      CertificateAuthority authority,
      Admissions admissions,
      ApiCalls calls,
      AuditTrail trail)
      throws IOException {
    ApiServer server = new ApiServer(settings, authority, admissions, calls, trail);
    server.certify();
    server.renewal.start();
    return server;
  }

  /** The name by which the service's certificate is checked, whatever it is dialled by. */
  static String name(String cluster) {
    return "auth." + cluster;
  }

  /** New connections see a certificate of the authority that signs now; others go on. */
  private void certify() throws IOException {
    List<String> names = new ArrayList<>(settings.names());
    names.add(name(settings.cluster()));
    String line =
        authority
            .issueForHost(SshKeys.wire(hostKey.getPublic()), name(settings.cluster()), names)
            .certificate();
    WholeFile.replace(certificate, line + "\n", WholeFile.PUBLIC);
    ServerSettings ssh =
        ServerSettings.DEFAULTS
            .with(ServerOption.KBD_INTERACTIVE_AUTHENTICATION, true)
            .with(ServerOption.DISABLE_FORWARDING, true)
            .with(ServerOption.LOGIN_GRACE_TIME, grace())
            .with(ServerOption.HOST_CERTIFICATE, List.of(certificate.toString()));
    try {
      ServerEngine engine =
          ServerEngine.serve(
              ssh,
              admissions,
              List.of(hostKey),
              Sessions.of((login, request) -> program(request)),
              watch());
      synchronized (engines) {
        engines.removeIf(ApiServer::closedIfIdle);
        engines.add(engine);
      }
    } catch (SettingsException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Who logs in by the identity provider has a page to open and a code to enter. */
  private Duration grace() {
    return settings.oidc() == null
        ? ServerSettings.DEFAULTS.get(ServerOption.LOGIN_GRACE_TIME)
        : DeviceLogin.GRACE;
  }

  private static boolean closedIfIdle(ServerEngine engine) {
    boolean idle = engine.connections() == 0;
    if (idle) {
      engine.close();
    }
    return idle;
  }

  void certifyAnew() {
    try {
      certify();
    } catch (IOException e) {
      log.error("The service's certificate is not renewed: {}", e.getMessage());
    }
  }

  private void renew() {
    try {
      while (true) {
        Thread.sleep(RENEW);
        certifyAnew();
      }
    } catch (InterruptedException e) {
      // The service ends.
    }
  }

  void accept(Duplex stream, String connection) throws IOException {
    synchronized (engines) {
      engines.getLast().accept(stream, connection);
    }
  }

  int connections() {
    synchronized (engines) {
      return engines.stream().mapToInt(ServerEngine::connections).sum();
    }
  }

  void end(Predicate<Login> whom, String why) {
    List<ServerEngine> all;
    synchronized (engines) {
      all = List.copyOf(engines);
    }
    all.forEach(engine -> engine.end(whom, why));
  }

  /**
   * Another process has the port: calls that are being answered get their answer, machines and
   * whoever watches are sent there at once, others after a minute at the latest.
   */
  void finish() {
    int round = rounds.incrementAndGet();
    Thread.ofVirtual()
        .name("holdfast-farewell")
        .start(() -> {
          try {
            finish(round);
          } catch (InterruptedException e) {
            // Nobody interrupts it.
          }
        });
  }

  /** Those who come stay, whatever {@link #finish} said. */
  void goOn() {
    rounds.incrementAndGet();
  }

  private void finish(int round) throws InterruptedException {
    long begun = System.nanoTime();
    long spokenAt = begun;
    for (long now = begun;
        isOver(round) && now - begun < LINGER.toNanos() && now - spokenAt < GRACE.toNanos();
        now = System.nanoTime()) {
      sessions.stream().filter(ApiSession::isWaiting).forEach(ApiSession::finish);
      spokenAt = sessions.isEmpty() ? spokenAt : now;
      Thread.sleep(TURN_MILLIS);
    }
    long lastCall = System.nanoTime();
    while (isOver(round)
        && !sessions.isEmpty()
        && System.nanoTime() - lastCall < LAST_CALL.toNanos()) {
      sessions.forEach(ApiSession::finish);
      Thread.sleep(TURN_MILLIS);
    }
    if (isOver(round)) {
      end(login -> true, "Another process of the auth service has the port now; come again.");
    }
  }

  private boolean isOver(int round) {
    return round == rounds.get();
  }

  private Program program(SessionRequest request) {
    return request instanceof SessionRequest.Subsystem(String name) && name.equals(SUBSYSTEM)
        ? this::serve
        : ApiServer::explain;
  }

  private int serve(Program.Call call) throws IOException {
    if (!(call.login().guest() instanceof Caller caller)) {
      return 1;
    }
    trail.record(
        AuditEvent.of(
            AuditCode.LOGIN,
            caller.name(),
            "as",
            call.login().user(),
            "from",
            address(call.login().from())));
    try (ApiSession session = new ApiSession(caller, calls, call.stdout())) {
      converse(session, call);
    }
    return 0;
  }

  private void converse(ApiSession session, Program.Call call) throws IOException {
    sessions.add(session);
    try {
      session.serve(call.stdin());
    } finally {
      sessions.remove(session);
    }
  }

  private static int explain(Program.Call call) throws IOException {
    call.stderr()
        .write(
            "This is the cluster's auth service, which has no shells; use 'holdfast login'.\r\n"
                .getBytes(UTF_8));
    return 1;
  }

  private LoginWatch watch() {
    return new LoginWatch() {
      @Override
      public void loggedIn(Login login) {
        if (login.guest() instanceof Caller.Newcomer) {
          bound(login);
        }
      }

      @Override
      public void refused(Refusal refusal) {
        if (!refusals.tryAcquire()) {
          log.warn("A login was refused, and too many others at the same time to write it down.");
          return;
        }
        Thread.startVirtualThread(() -> {
          try {
            note(refusal);
          } finally {
            refusals.release();
          }
        });
      }
    };
  }

  /** Anybody can come as a newcomer: he has a minute, and there are so many at a time. */
  private void bound(Login login) {
    boolean counted = newcomers.tryAcquire();
    Thread.ofVirtual()
        .name("holdfast-newcomer")
        .start(() -> {
          try {
            Thread.sleep(counted ? NEWCOMER : Duration.ZERO);
          } catch (InterruptedException e) {
            // He is ended at once.
          } finally {
            if (counted) {
              newcomers.release();
            }
            end(
                one -> one.guest() instanceof Caller.Newcomer it && it.equals(login.guest()),
                "Join at once, or come again.");
          }
        });
  }

  private void note(LoginWatch.Refusal refusal) {
    trail.recordRefusal(
        AuditCode.LOGIN_REFUSED,
        dev.holdfast.access.Names.printable(refusal.user()),
        "from",
        address(refusal.from()),
        "attempts",
        refusal.attempts(),
        "fingerprint",
        String.valueOf(refusal.fingerprint()));
  }

  private static String address(SocketAddress from) {
    return from instanceof InetSocketAddress inet ? inet.getHostString() : "";
  }

  @Override
  public void close() {
    renewal.interrupt();
    synchronized (engines) {
      engines.forEach(ServerEngine::close);
    }
  }
}

package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.holdfast.link.Duplex;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.session.helpers.AbstractSession;
import org.jspecify.annotations.Nullable;

/**
 * An SSH server without a port: it speaks SSH on every stream that it is handed. Thread-safe.
 *
 * <p>What it does not do unless told: nobody logs in but by public key, and nothing is forwarded.
 */
public final class ServerEngine implements AutoCloseable {
  /** The identification string that every connection begins with, without CR LF. */
  public static final String IDENTIFICATION = "SSH-2.0-" + Settings.SOFTWARE;

  /** What it says first, whoever comes. */
  public static final String GREETING = IDENTIFICATION + "\r\n";

  final MinaServer server;

  private ServerEngine(MinaServer server) {
    this.server = server;
  }

  /**
   * A server, ready to accept.
   *
   * @param hostKeys at most one of each type
   */
  public static ServerEngine start(
      List<KeyPair> hostKeys, Authenticator authenticator, Programs programs) {
    return start(hostKeys, authenticator, programs, RekeyMeter.DEFAULT_LIMIT);
  }

  /**
   * A server whose session channels are {@code sessions}, ready to accept.
   *
   * @param hostKeys at most one of each type
   */
  public static ServerEngine serve(
      List<KeyPair> hostKeys, Authenticator authenticator, Sessions sessions) {
    return serve(hostKeys, authenticator, sessions, RekeyMeter.DEFAULT_LIMIT);
  }

  /**
   * The same with new keys after {@code rekeyLimit} bytes.
   *
   * @param rekeyLimit bytes, positive
   */
  static ServerEngine start(
      List<KeyPair> hostKeys, Authenticator authenticator, Programs programs, long rekeyLimit) {
    return serve(hostKeys, authenticator, new ProgramSessions(programs), rekeyLimit);
  }

  /**
   * A server for the accounts of a machine, ready to accept.
   *
   * @param hostKeys beside those that the settings name; at most one of each type in all
   * @throws SettingsException if a file that the settings name can't be used
   */
  public static ServerEngine serve(
      ServerSettings settings, Machine machine, List<KeyPair> hostKeys, Sessions sessions)
      throws SettingsException {
    return serve(settings, machine, hostKeys, sessions, LoginWatch.NONE);
  }

  /**
   * The same, of which {@code watch} is told who logs in.
   *
   * @throws SettingsException if a file that the settings name can't be used
   */
  public static ServerEngine serve(
      ServerSettings settings,
      Machine machine,
      List<KeyPair> hostKeys,
      Sessions sessions,
      LoginWatch watch)
      throws SettingsException {
    return serve(settings, machine, hostKeys, sessions, watch, Certifiers.NONE, Entrances.OPEN);
  }

  /**
   * The same as a node of a cluster.
   *
   * @param certifiers whose certificates log in besides
   * @param entrances decides about who has logged in, by whatever
   * @throws SettingsException if a file that the settings name can't be used
   */
  public static ServerEngine serve(
      ServerSettings settings,
      Machine machine,
      List<KeyPair> hostKeys,
      Sessions sessions,
      LoginWatch watch,
      Certifiers certifiers,
      Entrances entrances)
      throws SettingsException {
    HostIdentity identity = HostIdentity.load(settings, hostKeys);
    LoginRules rules = new SystemLoginRules(settings, machine, certifiers);
    Sessions guarded = new GuardedSessions(sessions, settings);
    ServerPolicy policy =
        new ServerPolicy(settings, rules, watch, machine.rights(), null, entrances);
    return start(policy, identity, guarded);
  }

  /**
   * A server for guests, who have no accounts, ready to accept. It forwards nothing unless the
   * settings say so.
   *
   * @param hostKeys beside those that the settings name; at most one of each type in all
   * @throws SettingsException if a file that the settings name can't be used
   */
  public static ServerEngine serve(
      ServerSettings settings,
      Admissions admissions,
      List<KeyPair> hostKeys,
      Sessions sessions,
      LoginWatch watch)
      throws SettingsException {
    HostIdentity identity = HostIdentity.load(settings, hostKeys);
    LoginRules rules = new AdmissionRules(admissions);
    return start(new ServerPolicy(settings, rules, watch, null), identity, sessions);
  }

  /**
   * A server for guests that runs nothing but programs, and whose channels to ports lead where
   * {@code routes} says.
   *
   * @param hostKeys beside those that the settings name; at most one of each type in all
   * @throws SettingsException if a file that the settings name can't be used
   */
  public static ServerEngine serve(
      ServerSettings settings,
      Admissions admissions,
      List<KeyPair> hostKeys,
      Programs programs,
      ChannelRoutes routes,
      LoginWatch watch)
      throws SettingsException {
    HostIdentity identity = HostIdentity.load(settings, hostKeys);
    LoginRules rules = new AdmissionRules(admissions);
    ServerPolicy policy = new ServerPolicy(settings, rules, watch, null, routes, Entrances.OPEN);
    return start(policy, identity, new ProgramSessions(programs));
  }

  /**
   * A server for guests whom {@link Bridge}s lead on to another server: their sessions, and what is
   * forwarded for them as far as the settings permit it.
   *
   * @param hostKeys at most one of each type
   * @param entrances opens the bridge of who has logged in
   * @throws SettingsException if a file that the settings name can't be used
   */
  public static ServerEngine bridge(
      ServerSettings settings,
      Admissions admissions,
      Entrances entrances,
      List<KeyPair> hostKeys,
      Sessions sessions,
      LoginWatch watch)
      throws SettingsException {
    HostIdentity identity = HostIdentity.load(settings, hostKeys);
    LoginRules rules = new AdmissionRules(admissions);
    return start(
        new ServerPolicy(settings, rules, watch, null, null, entrances), identity, sessions);
  }

  private static ServerEngine serve(
      List<KeyPair> hostKeys, Authenticator authenticator, Sessions sessions, long rekeyLimit) {
    ServerSettings settings =
        ServerSettings.DEFAULTS
            .with(ServerOption.REKEY_LIMIT, new RekeyLimit(rekeyLimit, Duration.ZERO))
            .with(ServerOption.MAX_SESSIONS, ServerChannels.MOST)
            .with(ServerOption.PER_SOURCE_PENALTIES, PenaltyRules.NONE)
            .with(ServerOption.DISABLE_FORWARDING, true);
    LoginRules rules = new AuthenticatorRules(authenticator);
    return start(
        new ServerPolicy(settings, rules, LoginWatch.NONE, null),
        new HostIdentity(hostKeys, List.of()),
        sessions);
  }

  private static ServerEngine start(ServerPolicy policy, HostIdentity identity, Sessions sessions) {
    MinaServer server = MinaServer.create(policy, identity, sessions);
    try {
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException("nothing is opened, so nothing can fail", e);
    }
    return new ServerEngine(server);
  }

  /** Speaks SSH on {@code stream}; returns at once. The stream is closed when SSH has ended. */
  public void accept(Duplex stream) throws IOException {
    accept(stream, "");
  }

  /** The same; {@code connection} is what {@link Login}s on it call it. */
  public void accept(Duplex stream, String connection) throws IOException {
    begin(stream, connection, null);
  }

  /** The same with an identification string for this one connection. */
  public void accept(Duplex stream, Identification identification) throws IOException {
    begin(stream, "", identification);
  }

  /**
   * Shows new connections a certificate of one of the host keys, in place of the one before.
   *
   * @param certificate a line as in a file
   * @return false if it is not one
   */
  public boolean certify(String certificate) {
    return server.certify(certificate);
  }

  /** Number of connections that have not ended. */
  public int connections() {
    return server.streams().size();
  }

  /**
   * Ends the connections of those whom {@code whom} accepts, and tells their clients why (RFC 4253
   * 11.1).
   *
   * @return how many
   */
  public int end(Predicate<Login> whom, String why) {
    int ended = 0;
    for (IoSession stream : server.streams()) {
      AbstractSession session = AbstractSession.getSession(stream, true);
      Login login = session == null ? null : session.getAttribute(UserAuthentication.LOGIN);
      if (login != null && whom.test(login)) {
        EnteredConnection.disconnect(session, why);
        ended++;
      }
    }
    return ended;
  }

  /** Ends every connection at once. */
  @Override
  public void close() {
    try {
      server.stop(true);
    } catch (IOException e) {
      throw new UncheckedIOException("SSH connections did not end", e);
    }
  }

  private void begin(Duplex stream, String connection, @Nullable Identification identification)
      throws IOException {
    if (!server.policy().admits(stream.remoteAddress())) {
      refuse(stream, identification);
      return;
    }
    try {
      server.acceptor().accept(stream, connection, identification);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException("SSH could not begin on the connection.", e);
    }
  }

  /** RFC 4253 4.2: a server may say something before its identification string. */
  private static void refuse(Duplex stream, @Nullable Identification identification)
      throws IOException {
    try (stream) {
      if (identification == null || !identification.sent()) {
        stream.write(ByteBuffer.wrap("Not allowed at this time\r\n".getBytes(US_ASCII)));
      }
      stream.shutdownOutput();
    }
  }
}

package dev.holdfast.ssh;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.session.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a server goes by: its settings, its rules, and what is counted over all its connections.
 * Thread-safe.
 */
final class ServerPolicy {
  /** Characters of the longest banner that is shown. */
  static final int MOST_BANNER = 64 * 1024;

  private static final Logger log = LoggerFactory.getLogger(ServerPolicy.class);

  private final ServerSettings settings;
  private final LoginRules rules;
  private final LoginWatch watch;
  private final Startups startups;
  private final Penalties penalties;
  private final LoginDelay delay;
  private final @Nullable UserRights rights;
  private final @Nullable ChannelRoutes routes;
  private final Entrances entrances;

  /**
   * A policy.
   *
   * @param rights how something is done for accounts; null if the server knows none
   */
  ServerPolicy(
      ServerSettings settings, LoginRules rules, LoginWatch watch, @Nullable UserRights rights) {
    this(settings, rules, watch, rights, null, Entrances.OPEN);
  }

  /**
   * The same.
   *
   * @param routes where channels to ports lead; null for the hosts of this network
   * @param entrances decides about who has logged in
   */
  ServerPolicy(
      ServerSettings settings,
      LoginRules rules,
      LoginWatch watch,
      @Nullable UserRights rights,
      @Nullable ChannelRoutes routes,
      Entrances entrances) {
    this.routes = routes;
    this.entrances = entrances;
    this.settings = settings;
    this.rules = rules;
    this.watch = watch;
    this.rights = rights;
    SecureRandom random = new SecureRandom();
    startups = new Startups(settings, random);
    penalties = new Penalties(settings, System::nanoTime);
    delay = new LoginDelay(random);
  }

  ServerSettings settings() {
    return settings;
  }

  LoginRules rules() {
    return rules;
  }

  @Nullable UserRights rights() {
    return rights;
  }

  @Nullable ChannelRoutes routes() {
    return routes;
  }

  Entrances entrances() {
    return entrances;
  }

  LoginWatch watch() {
    return watch;
  }

  Startups startups() {
    return startups;
  }

  Penalties penalties() {
    return penalties;
  }

  LoginDelay delay() {
    return delay;
  }

  /** Whether a connection from there may begin. */
  boolean admits(SocketAddress from) {
    return penalties.admits(from) && startups.admits(from);
  }

  /** The ways to log in, as they are told to clients; the same for everybody. */
  List<String> methods() {
    List<String> methods = new ArrayList<>();
    if (settings.get(ServerOption.PUBKEY_AUTHENTICATION)) {
      methods.add("publickey");
    }
    if (settings.get(ServerOption.PASSWORD_AUTHENTICATION)) {
      methods.add("password");
    }
    if (settings.get(ServerOption.KBD_INTERACTIVE_AUTHENTICATION)) {
      methods.add("keyboard-interactive");
    }
    return methods;
  }

  /** Whether {@code shown} may be used with {@code algorithm}, and is of its kind. */
  boolean acceptsAlgorithm(SshPublicKey shown, String algorithm) {
    String type = SshPublicKey.plainType(shown.type());
    boolean certificate = !SshPublicKey.plainType(algorithm).equals(algorithm);
    return settings.get(ServerOption.PUBKEY_ACCEPTED_ALGORITHMS).has(algorithm)
        && certificate == shown.isCertificate()
        && SignatureCheck.isAlgorithmOf(type, SignatureCheck.plainAlgorithm(algorithm));
  }

  /** What is shown before anybody logs in. */
  Optional<String> banner() {
    return settings.get(ServerOption.BANNER).flatMap(ServerPolicy::read);
  }

  /** The connection does not count as one that is logging in any more. */
  void loggedIn(Session session) {
    startups.over((StreamIoSession) session.getIoSession());
  }

  private static Optional<String> read(String file) {
    try {
      String text = ByteText.decode(OwnFile.read(Path.of(file)));
      return Optional.of(text.substring(0, Math.min(text.length(), MOST_BANNER)));
    } catch (IOException e) {
      log.error("The banner can't be read: {}.", e.getMessage());
      return Optional.empty();
    }
  }
}
